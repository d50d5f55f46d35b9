#include "adapters/embedded/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/embedded/reader_factory.h"
#include "adapters/embedded/reader_test_file.h"

namespace magpie::embedded {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

ReadAll read(std::string_view bytes, const RecordOptions& options = {}, std::vector<std::string>* columns = nullptr) {
  const TestFile file("rows.csv", bytes);
  auto reader = CsvReader::open(file.path(), options);
  EXPECT_TRUE(reader.ok()) << reader.error().to_string();
  if (!reader.ok()) return {};
  if (columns != nullptr) *columns = (*reader)->columns();
  return read_all(**reader);
}

TEST(CsvReader, TakesNamesFromTheFirstRow) {
  std::vector<std::string> columns;
  const ReadAll all = read("a,b\n1,2\n3,\n", {}, &columns);
  EXPECT_THAT(columns, ElementsAre("a", "b"));
  EXPECT_THAT(all.rows, ElementsAre(Pair(2, ElementsAre("1", "2")), Pair(3, ElementsAre("3", ""))));
  EXPECT_THAT(all.bad, IsEmpty());
}

TEST(CsvReader, UnderstandsWhatSpreadsheetsWrite) {
  const ReadAll all = read(
      "\xEF\xBB\xBF"
      "a,b\r\n\r\n1,2\r\n3,4");
  EXPECT_THAT(all.rows, ElementsAre(Pair(3, ElementsAre("1", "2")), Pair(4, ElementsAre("3", "4"))));
}

TEST(CsvReader, QuotedFieldsHoldSeparatorsQuotesAndLineBreaks) {
  const ReadAll all = read("a,b\n\"x, \"\"y\"\"\",\"\"\n\"one\ntwo\r\nthree\",z\r\nlast,\"q\"");
  EXPECT_THAT(all.rows, ElementsAre(Pair(2, ElementsAre("x, \"y\"", "")),
                                    Pair(3, ElementsAre("one\ntwo\r\nthree", "z")), Pair(6, ElementsAre("last", "q"))));
  EXPECT_THAT(all.bad, IsEmpty());
}

TEST(CsvReader, AQuoteInsideAPlainFieldIsText) {
  EXPECT_THAT(read("a,b\n5\" disk,x\n").rows, ElementsAre(Pair(2, ElementsAre("5\" disk", "x"))));
}

TEST(CsvReader, ReportsRowsWithTheWrongNumberOfFieldsAndGoesOn) {
  const ReadAll all = read("a,b\n1\n1,2\n1,2,3\n\n4,5\n");
  EXPECT_THAT(all.rows, ElementsAre(Pair(3, ElementsAre("1", "2")), Pair(6, ElementsAre("4", "5"))));
  EXPECT_THAT(all.bad, ElementsAre(Pair(2, "1 fields where 2 are expected"), Pair(4, "3 fields where 2 are expected")));
  EXPECT_THAT(all.bad_texts, ElementsAre("1", "1,2,3"));
}

TEST(CsvReader, AnUnclosedQuoteCostsItsOwnLineOnly) {
  const ReadAll all = read("a,b\n\"oops,1\n2,3\n\"x\"y,1\n4,5\n");
  EXPECT_THAT(all.rows, ElementsAre(Pair(3, ElementsAre("2", "3")), Pair(5, ElementsAre("4", "5"))));
  EXPECT_THAT(all.bad, ElementsAre(Pair(2, HasSubstr("closing quote")), Pair(4, "text after a closing quote")));
}

TEST(CsvReader, AnUnclosedQuoteIsNotFollowedForever) {
  std::string bytes = "a,b\n\"oops,1\n";
  for (int i = 0; i < 100'000; ++i) bytes.append("2,3\n");
  const ReadAll all = read(bytes);
  EXPECT_EQ(all.rows.size(), 100'000U);
  EXPECT_THAT(all.bad, ElementsAre(Pair(2, "a quote is never closed")));
}

TEST(CsvReader, SeparatorsMayBeLong) {
  RecordOptions options;
  options.separator = "::";
  options.quotes = false;
  options.columns = {"id", "title", "genres"};
  options.encoding = TextEncoding::kLatin1;
  EXPECT_THAT(read("1::Mis\xE9rables: \"a\"::Drama|War\n", options).rows,
              ElementsAre(Pair(1, ElementsAre("1", "Mis\xC3\xA9rables: \"a\"", "Drama|War"))));
}

TEST(CsvReader, ShortensTheTextOfBadRows) {
  const ReadAll all = read("a,b\n" + std::string(10'000, 'x') + "\n");
  ASSERT_EQ(all.bad_texts.size(), 1U);
  EXPECT_EQ(all.bad_texts[0].size(), 4096U);
}

TEST(CsvReader, RefusesFilesWithoutNames) {
  const TestFile empty("empty.csv", "\n\n");
  EXPECT_EQ(CsvReader::open(empty.path(), {}).error().code(), ErrorCode::kInvalidArgument);
  const TestFile twice("twice.csv", "a,a\n");
  EXPECT_THAT(CsvReader::open(twice.path(), {}).error().message(), HasSubstr("'a'"));
  EXPECT_EQ(CsvReader::open("/no/such/file.csv", {}).error().code(), ErrorCode::kNotFound);
}

TEST(CsvReader, AnEmptyFileWithKnownNamesHasNoRows) {
  RecordOptions options;
  options.columns = {"a"};
  EXPECT_THAT(read("", options).rows, IsEmpty());
}

TEST(ReaderFactory, GoesByTheExtension) {
  EXPECT_EQ(record_options_by_extension("x/events.CSV")->separator, ",");
  EXPECT_EQ(record_options_by_extension("events.tsv")->separator, "\t");
  EXPECT_FALSE(record_options_by_extension("events.tsv")->quotes);
  EXPECT_EQ(record_options_by_extension("events.ndjson")->format, RecordFormat::kJsonLines);
  EXPECT_EQ(record_options_by_extension("events.parquet")->format, RecordFormat::kParquet);
  EXPECT_FALSE(record_options_by_extension("events").has_value());
  const TestFile file("a.tsv", "x\ty\n\"1\t2\n");
  auto reader = open_records(file.path(), *record_options_by_extension(file.path()));
  ASSERT_TRUE(reader.ok());
  EXPECT_THAT(read_all(**reader).rows, ElementsAre(Pair(2, ElementsAre("\"1", "2"))));
}

}  // namespace
}  // namespace magpie::embedded
