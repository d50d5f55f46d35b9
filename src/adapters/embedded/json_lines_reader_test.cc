#include "adapters/embedded/json_lines_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/embedded/reader_test_file.h"

namespace magpie::embedded {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(JsonLinesReader, ColumnsAreAllKeysOfTheFile) {
  const TestFile file("rows.jsonl",
                      "{\"id\": 18446744073709551615, \"tags\": [\"a\", \"b\", 3], \"deep\": {\"x\": 1}}\n"
                      "\n"
                      "{\"late\": true, \"id\": \"caf\\u00e9\", \"tags\": [[1]], \"price\": 2.5}\r\n"
                      "{\"id\": null}");
  auto reader = JsonLinesReader::open(file.path());
  ASSERT_TRUE(reader.ok());
  EXPECT_THAT((*reader)->columns(), ElementsAre("id", "tags", "deep", "late", "price"));
  const ReadAll all = read_all(**reader);
  EXPECT_THAT(all.rows, ElementsAre(testing::Pair(1, ElementsAre("18446744073709551615", "a|b|3", "", "", "")),
                                    testing::Pair(3, ElementsAre("caf\xC3\xA9", "", "", "true", "2.5")),
                                    testing::Pair(4, ElementsAre("", "", "", "", ""))));
  EXPECT_TRUE(all.bad.empty());
}

TEST(JsonLinesReader, ReportsBadLinesAndGoesOn) {
  const TestFile file("rows.jsonl", "{\"a\": 1}\n[1]\n{\"a\": \n{\"a\": 1} x\n{\"a\": \"\xFF\"}\n{\"a\": 2}\n");
  auto reader = JsonLinesReader::open(file.path());
  ASSERT_TRUE(reader.ok());
  const ReadAll all = read_all(**reader);
  EXPECT_THAT(all.rows, ElementsAre(testing::Pair(1, ElementsAre("1")), testing::Pair(6, ElementsAre("2"))));
  ASSERT_EQ(all.bad.size(), 4U);
  EXPECT_EQ(all.bad[0].first, 2U);
  EXPECT_EQ(all.bad[3].first, 5U);
  EXPECT_THAT(all.bad[1].second, HasSubstr("no JSON object"));
  EXPECT_EQ(all.bad_texts[0], "[1]");
}

TEST(JsonLinesReader, RefusesWhatHoldsNoObject) {
  const TestFile file("rows.jsonl", "1\n2\n");
  EXPECT_EQ(JsonLinesReader::open(file.path()).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(JsonLinesReader::open("/no/such/file").error().code(), ErrorCode::kNotFound);
}

TEST(JsonLinesReader, BoundsTheNumberOfColumns) {
  std::string line = "{";
  for (std::size_t i = 0; i <= JsonLinesReader::kMaxColumns; ++i) {
    line.append(i == 0 ? "" : ",").append("\"k" + std::to_string(i) + "\":1");
  }
  const TestFile file("rows.jsonl", line + "}\n");
  EXPECT_EQ(JsonLinesReader::open(file.path()).error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace magpie::embedded
