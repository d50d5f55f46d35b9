#include "batch/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <sstream>

#include "batch/import_layout.h"

namespace magpie::batch {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

using Rows = std::vector<std::vector<std::string>>;

// A file in memory: its first row is the header unless the options name the columns. A row of one "!" is a bad one.
class FakeReader final : public RecordReader {
 public:
  FakeReader(Rows rows, const RecordOptions& options) : rows_(std::move(rows)), columns_(options.columns) {
    if (columns_.empty()) columns_ = rows_.at(next_++);
  }
  [[nodiscard]] const std::vector<std::string>& columns() const override { return columns_; }
  [[nodiscard]] Result<bool> next(Record& record, const std::function<void(BadRecord)>& bad) override {
    while (next_ < rows_.size()) {
      const auto& row = rows_[next_++];
      if (row == std::vector<std::string>{"!"}) {
        bad({next_, "cannot be split", "!"});
        continue;
      }
      record = {next_, row};
      return true;
    }
    return false;
  }

 private:
  Rows rows_;
  std::vector<std::string> columns_;
  std::size_t next_ = 0;
};

class ImportTest : public testing::Test {
 protected:
  ImportTest() : rejects_path_(fs::path(testing::TempDir()) / (test_name() + ".rejects")), rejects_(rejects_path_) {}
  ~ImportTest() override { fs::remove(rejects_path_); }

  // Tests may run side by side.
  static std::string test_name() {
    return testing::UnitTest::GetInstance()->current_test_info()->name() + std::to_string(::getpid());
  }

  void file(const std::string& name, ImportKind kind, Rows rows, ColumnMapping mapping = {}) {
    files_[name] = std::move(rows);
    plan_.sources.push_back({name, kind, {}, std::move(mapping)});
  }

  Result<ImportReport> run() {
    const OpenRecords open = [this](const fs::path& path,
                                    const RecordOptions& options) -> Result<std::unique_ptr<RecordReader>> {
      return std::unique_ptr<RecordReader>(std::make_unique<FakeReader>(files_.at(path.filename().string()), options));
    };
    const ImportSink sink{
        .items = [this](std::vector<Item> batch) { return take(std::move(batch), items_); },
        .users = [this](std::vector<User> batch) { return take(std::move(batch), users_); },
        .events = [this](std::vector<ImportedEvent> batch) { return take(std::move(batch), events_); }};
    events_.clear();
    return run_import(plan_, open, sink, rejects_, kNow, [this](const ImportReport&) { ++progress_calls_; });
  }

  template <typename T>
  Result<std::vector<Refusal>> take(std::vector<T> batch, std::vector<T>& into) {
    calls_.push_back(batch.size());
    for (T& row : batch) into.push_back(std::move(row));
    return std::exchange(refusals_, {});
  }

  std::string rejects_text() const {
    std::ostringstream text;
    text << std::ifstream(rejects_path_).rdbuf();
    return text.str();
  }

  static constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);
  std::map<std::string, Rows> files_;
  ImportPlan plan_;
  fs::path rejects_path_;
  Rejects rejects_;
  std::vector<Item> items_;
  std::vector<User> users_;
  std::vector<ImportedEvent> events_;
  std::vector<Refusal> refusals_;
  std::vector<std::size_t> calls_;
  int progress_calls_ = 0;
};

TEST_F(ImportTest, EventsByTheirOwnNames) {
  file("e.csv", ImportKind::kEvents,
       {{"event_id", "user_id", "item_id", "type", "timestamp", "value", "session_id", "request_id", "surface",
         "device", "region", "unused"},
        {"e1", "u1", "i1", "click", "1600000000", "2.5", "s", "r", "home", "phone", "eu", "x"}});
  const auto report = run();
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  EXPECT_EQ(report->events, 1U);
  EXPECT_THAT(events_, ElementsAre(ImportedEvent{
                           "e1", "u1", "i1", "click", 1'600'000'000'000, 2.5, "s", "r", {"home", "phone", "eu"}}));
  EXPECT_EQ(report->newest, from_unix_ms(1'600'000'000'000));
  EXPECT_FALSE(fs::exists(rejects_path_));
}

TEST_F(ImportTest, ColumnsAndConstantsAreMapped) {
  ColumnMapping mapping;
  ASSERT_TRUE(add_columns(mapping, "user_id=uid,item_id=movie, timestamp=ts").ok());
  ASSERT_TRUE(add_constants(mapping, "type=view,surface=import").ok());
  file("e.csv", ImportKind::kEvents, {{"uid", "movie", "ts"}, {"u", "m", "2020-01-01"}, {"u", "m", ""}}, mapping);
  ASSERT_TRUE(run().ok());
  ASSERT_THAT(events_, SizeIs(2));
  EXPECT_EQ(events_[0].type, "view");
  EXPECT_EQ(events_[0].context.surface, "import");
  EXPECT_EQ(events_[0].timestamp_ms, 1'577'836'800'000);
  EXPECT_EQ(events_[1].timestamp_ms, std::nullopt);
}

TEST_F(ImportTest, ItemsAndUsers) {
  file("items", ImportKind::kItems,
       {{"item_id", "title", "categories", "tags", "price", "available", "editorial", "created_at"},
        {"i1", "One", "Drama|War", "a", "9.5", "no", "yes", "2020-01-01"},
        {"i2", "", "", "", "", "", "", ""}});
  file("users", ImportKind::kUsers, {{"user_id", "interests", "segment"}, {"u1", "Drama|War", "student"}});
  const auto report = run();
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  ASSERT_THAT(items_, SizeIs(2));
  EXPECT_THAT(items_[0].categories, ElementsAre("Drama", "War"));
  EXPECT_EQ(items_[0].price, 9.5);
  EXPECT_FALSE(items_[0].available);
  EXPECT_TRUE(items_[0].editorial);
  EXPECT_EQ(items_[0].created_at, from_unix_ms(1'577'836'800'000));
  EXPECT_TRUE(items_[1].available);
  EXPECT_EQ(items_[1].created_at, kNow);
  ASSERT_THAT(users_, SizeIs(1));
  EXPECT_THAT(users_[0].interests, ElementsAre("Drama", "War"));
  EXPECT_EQ(report->items, 2U);
  EXPECT_EQ(report->users, 1U);
}

TEST_F(ImportTest, BadRowsAreReportedAndTheRestIsKept) {
  file("e.csv", ImportKind::kEvents,
       {{"user_id", "item_id", "type", "timestamp", "value"},
        {"u", "i", "click", "1", ""},
        {"!"},
        {"", "i", "click", "1", ""},
        {"u", "i", "click", "yester\tday", ""},
        {"u", "i", "click", "1", "NaN"},
        {"u", "i", "", "1", ""},
        {"u", "i", "click", "2", ""}});
  const auto report = run();
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->events, 2U);
  EXPECT_EQ(report->rejected, 5U);
  EXPECT_EQ(rejects_.count(), 5U);
  EXPECT_EQ(rejects_.first()[1].line, 4U);
  EXPECT_THAT(rejects_.first()[1].reason, StartsWith("user_id: "));
  EXPECT_THAT(rejects_text(),
              StartsWith("file\tline\treason\ttext\ne.csv\t3\tcannot be split\t!\ne.csv\t4\tuser_id: "));
  EXPECT_THAT(rejects_text(), HasSubstr("e.csv\t5\ttimestamp: 'yester\\tday' is no timestamp\tu\\ti\\tclick\\tyester"));
}

TEST_F(ImportTest, RowsThatTheReceiverRefusesAreRejectsToo) {
  plan_.batch = 2;
  file("e.csv", ImportKind::kEvents,
       {{"user_id", "item_id", "type"}, {"u", "i1", "click"}, {"u", "i2", "odd"}, {"u", "i3", "click"}});
  refusals_ = {{1, "type: 'odd' is unknown"}};
  const auto report = run();
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(calls_, ElementsAre(2, 1));
  EXPECT_EQ(progress_calls_, 2);
  EXPECT_EQ(report->events, 2U);
  EXPECT_EQ(report->rejected, 1U);
  EXPECT_EQ(rejects_.first()[0].line, 3U);
}

TEST_F(ImportTest, RebasingShiftsAllEventsOfAllFilesByOneConstant) {
  const Rows header = {{"user_id", "item_id", "type", "timestamp"}};
  file("a", ImportKind::kEvents, {header[0], {"u", "i", "click", "1000"}, {"u", "i", "click", "bad"}});
  file("b", ImportKind::kEvents, {header[0], {"u", "i", "click", "4000"}, {"u", "i", "click", ""}});
  plan_.rebase_to = kNow;
  const auto report = run();
  ASSERT_TRUE(report.ok());
  ASSERT_THAT(events_, SizeIs(3));
  EXPECT_EQ(events_[0].timestamp_ms, to_unix_ms(kNow) - 3'000'000);
  EXPECT_EQ(events_[1].timestamp_ms, to_unix_ms(kNow));
  EXPECT_EQ(events_[2].timestamp_ms, std::nullopt);
  EXPECT_EQ(report->oldest, kNow - std::chrono::seconds(3000));
  EXPECT_EQ(report->newest, kNow);
}

TEST_F(ImportTest, MadeIdsAreTheSameEveryTimeAndDifferByRow) {
  file("e.csv", ImportKind::kEvents,
       {{"user_id", "item_id", "type", "timestamp"},
        {"u", "i", "click", "1"},
        {"u", "i", "click", "1"},
        {"ui", "", "click", "1"},
        {"u", "i", "view", "1"}});
  ASSERT_TRUE(run().ok());
  const auto first = events_;
  plan_.rebase_to = kNow;
  ASSERT_TRUE(run().ok());
  ASSERT_THAT(events_, SizeIs(3));
  std::set<std::string> ids;
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(events_[i].event_id, first[i].event_id);
    EXPECT_THAT(first[i].event_id, StartsWith("import-"));
    ids.insert(first[i].event_id);
  }
  EXPECT_THAT(ids, SizeIs(3));
}

TEST_F(ImportTest, MistakesInTheMappingAreNamed) {
  const Rows rows = {{"uid", "item_id", "type"}, {"u", "i", "click"}};
  const auto error_of = [&](const ColumnMapping& mapping) {
    plan_.sources.clear();
    file("e.csv", ImportKind::kEvents, rows, mapping);
    const auto report = run();
    EXPECT_FALSE(report.ok());
    return report.ok() ? std::string() : report.error().to_string();
  };
  EXPECT_THAT(error_of({}),
              HasSubstr("user_id: e.csv: needs a column or a constant; the columns are uid, item_id, type"));
  ColumnMapping wrong;
  ASSERT_TRUE(add_columns(wrong, "user_id=user").ok());
  EXPECT_THAT(error_of(wrong), HasSubstr("there is no column user"));
  ColumnMapping odd;
  ASSERT_TRUE(add_columns(odd, "user_id=uid,colour=c").ok());
  EXPECT_THAT(error_of(odd), HasSubstr("colour"));
  EXPECT_FALSE(add_columns(odd, "user_id").ok());
  EXPECT_FALSE(add_constants(odd, "=x").ok());
}

TEST_F(ImportTest, AnUnreachableReceiverEndsTheImport) {
  file("e.csv", ImportKind::kEvents, {{"user_id", "item_id", "type"}, {"u", "i1", "click"}});
  const OpenRecords open = [this](const fs::path&,
                                  const RecordOptions& options) -> Result<std::unique_ptr<RecordReader>> {
    return std::unique_ptr<RecordReader>(std::make_unique<FakeReader>(files_.at("e.csv"), options));
  };
  ImportSink sink;
  sink.events = [](std::vector<ImportedEvent>) -> Result<std::vector<Refusal>> { return unavailable("no server"); };
  EXPECT_EQ(run_import(plan_, open, sink, rejects_, kNow, {}).error().code(), ErrorCode::kUnavailable);
}

class LayoutTest : public ImportTest {
 protected:
  LayoutTest() : directory_(fs::path(testing::TempDir()) / ("layout_" + test_name())) {
    fs::create_directories(directory_);
  }
  ~LayoutTest() override { fs::remove_all(directory_); }

  void data(const std::string& name, Rows rows) {
    std::ofstream(directory_ / name) << "";
    files_[name] = std::move(rows);
  }

  Result<ImportReport> import_layout(std::string_view layout) {
    auto sources = find_layout(layout, directory_);
    if (!sources.ok()) return sources.error();
    plan_.sources = *std::move(sources);
    return run();
  }

  fs::path directory_;
};

TEST_F(LayoutTest, MovieLens100k) {
  data("u.data", {{"196", "242", "3", "881250949"}});
  std::vector<std::string> film = {"242", "Kolya (1996)", "24-Jan-1997", "", "http://x"};
  for (int genre = 0; genre < 19; ++genre) film.push_back(genre == 5 || genre == 4 ? "1" : "0");
  data("u.item", {film});
  data("u.user", {{"196", "49", "M", "writer", "55105"}});
  data("u.info", {});
  const auto report = import_layout("movielens");
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  ASSERT_THAT(items_, SizeIs(1));
  EXPECT_EQ(items_[0].title, "Kolya (1996)");
  EXPECT_THAT(items_[0].categories, ElementsAre("Children's", "Comedy"));
  ASSERT_THAT(users_, SizeIs(1));
  EXPECT_EQ(users_[0].segment, "writer");
  ASSERT_THAT(events_, SizeIs(1));
  EXPECT_EQ(events_[0].user_id, "196");
  EXPECT_EQ(events_[0].item_id, "242");
  EXPECT_EQ(events_[0].type, "rating");
  EXPECT_EQ(events_[0].value, 3);
  EXPECT_EQ(events_[0].timestamp_ms, 881'250'949'000);
  EXPECT_THAT(calls_, SizeIs(3));
}

TEST_F(LayoutTest, MovieLens1m) {
  data("ratings.dat", {{"1", "1193", "5", "978300760"}});
  data("movies.dat", {{"1193", "One Flew Over", "Drama|War"}});
  data("users.dat", {{"1", "F", "1", "10", "48067"}});
  const auto report = import_layout("movielens");
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  EXPECT_EQ(plan_.sources[0].format.separator, "::");
  EXPECT_THAT(items_.at(0).categories, ElementsAre("Drama", "War"));
  EXPECT_EQ(events_.at(0).timestamp_ms, 978'300'760'000);
}

TEST_F(LayoutTest, MovieLensLatest) {
  data("ratings.csv", {{"userId", "movieId", "rating", "timestamp"}, {"1", "2", "3.5", "1112486027"}});
  data("movies.csv", {{"movieId", "title", "genres"}, {"2", "Jumanji", "(no genres listed)"}});
  data("tags.csv", {});
  const auto report = import_layout("movielens");
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  EXPECT_EQ(events_.at(0).value, 3.5);
  EXPECT_THAT(items_.at(0).categories, IsEmpty());
}

TEST_F(LayoutTest, RecBole) {
  data("ml.inter",
       {{"user_id:token", "item_id:token", "rating:float", "timestamp:float"}, {"1", "2", "3", "881250949"}});
  data("ml.item", {{"item_id:token", "movie_title:token_seq", "release_year:token", "class:token_seq"},
                   {"2", "Toy Story", "1995", "Animation Children's Comedy"}});
  data("ml.user", {{"user_id:token", "age:token", "gender:token", "occupation:token", "zip_code:token"},
                   {"1", "24", "M", "technician", "85711"}});
  const auto report = import_layout("recbole");
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  EXPECT_EQ(items_.at(0).title, "Toy Story");
  EXPECT_THAT(items_.at(0).categories, ElementsAre("Animation", "Children's", "Comedy"));
  EXPECT_THAT(items_.at(0).tags, ElementsAre("1995"));
  EXPECT_EQ(users_.at(0).segment, "technician");
  EXPECT_EQ(events_.at(0).value, 3);
}

TEST_F(LayoutTest, CompleteJourney) {
  data("products.parquet", {{"product_id", "brand", "product_category", "product_type", "package_size", "price"},
                            {"25671", "National", "FRZN ICE", "ICE - CRUSHED/CUBED", "22 LB", "3.49"},
                            {"26081", "", "", "", "", ""}});
  data("transactions.parquet",
       {{"household_id", "basket_id", "product_id", "quantity", "sales_value", "transaction_timestamp"},
        {"900", "31198570044", "25671", "1", "0.5", "1483271606000"}});
  data("campaigns.parquet", {});
  const auto report = import_layout("completejourney");
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  ASSERT_THAT(items_, SizeIs(2));
  EXPECT_EQ(items_[0].id.get(), "25671");
  EXPECT_EQ(items_[0].title, "ICE - CRUSHED/CUBED");
  EXPECT_EQ(items_[0].description, "22 LB");
  EXPECT_THAT(items_[0].categories, ElementsAre("FRZN ICE"));
  EXPECT_THAT(items_[0].tags, ElementsAre("National"));
  EXPECT_EQ(items_[0].price, 3.49);
  EXPECT_EQ(items_[1].title, "");
  EXPECT_THAT(items_[1].categories, IsEmpty());
  EXPECT_EQ(items_[1].price, std::nullopt);
  ASSERT_THAT(events_, SizeIs(1));
  EXPECT_EQ(events_[0].user_id, "900");
  EXPECT_EQ(events_[0].item_id, "25671");
  EXPECT_EQ(events_[0].session_id, "31198570044");
  EXPECT_EQ(events_[0].type, "purchase");
  EXPECT_EQ(events_[0].value, 0.5);
  EXPECT_EQ(events_[0].timestamp_ms, 1'483'271'606'000);
}

TEST_F(LayoutTest, SaysWhatIsMissing) {
  EXPECT_EQ(find_layout("netflix", directory_).error().field(), "layout");
  EXPECT_EQ(find_layout("movielens", directory_).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(find_layout("movielens", directory_ / "no").error().code(), ErrorCode::kNotFound);
  data("u.data", {});
  EXPECT_THAT(*find_layout("movielens", directory_ / "u.data"), SizeIs(1));
}

}  // namespace
}  // namespace magpie::batch
