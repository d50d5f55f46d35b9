#include "adapters/embedded/parquet_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/embedded/reader_test_file.h"

namespace magpie::embedded {
namespace {

using testing::ElementsAre;
using testing::Pair;

void write_parquet(const std::filesystem::path& path, const std::string& select) {
  auto session = DuckSession::open({});
  ASSERT_TRUE(session.ok());
  const Status written = session->run("COPY (" + select + ") TO " + sql_quoted(path.string()) + " (FORMAT parquet)");
  ASSERT_TRUE(written.ok()) << written.to_string();
}

TEST(ParquetReader, RowsAreText) {
  const TestFile file("rows.parquet", "");
  write_parquet(file.path(),
                "SELECT 'u''1' AS \"user \"\"id\", 42::BIGINT AS n, ['a', 'b'] AS tags, NULL::VARCHAR AS nothing, "
                "TIMESTAMP '1970-01-01 00:00:01.5' AS ts, 2.5::DOUBLE AS value "
                "UNION ALL SELECT '', -1, [], 'x', TIMESTAMP '2000-01-01', 0");
  auto reader = ParquetReader::open(file.path());
  ASSERT_TRUE(reader.ok()) << reader.error().to_string();
  EXPECT_THAT((*reader)->columns(), ElementsAre("user \"id", "n", "tags", "nothing", "ts", "value"));
  EXPECT_THAT(read_all(**reader).rows, ElementsAre(Pair(1, ElementsAre("u'1", "42", "a|b", "", "1500", "2.5")),
                                                   Pair(2, ElementsAre("", "-1", "", "x", "946684800000", "0.0"))));
}

TEST(ParquetReader, RowsKeepTheirOrder) {
  const TestFile file("rows.parquet", "");
  write_parquet(file.path(), "SELECT range AS n FROM range(10000)");
  auto reader = ParquetReader::open(file.path());
  ASSERT_TRUE(reader.ok());
  const ReadAll all = read_all(**reader);
  ASSERT_EQ(all.rows.size(), 10'000U);
  for (std::size_t i = 0; i < all.rows.size(); ++i) {
    ASSERT_EQ(all.rows[i].first, i + 1);
    ASSERT_EQ(all.rows[i].second[0], std::to_string(i));
  }
}

TEST(ParquetReader, RefusesOtherFiles) {
  const TestFile file("rows.parquet", "this is no parquet file");
  EXPECT_EQ(ParquetReader::open(file.path()).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(ParquetReader::open("/no/such.parquet").error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace magpie::embedded
