#include "adapters/embedded/storage.h"

#include <gtest/gtest.h>

#include <fstream>
#include <future>

#include "base/file.h"
#include "tests/contract/samples.h"
#include "tests/contract/temporary_directory.h"

namespace magpie::embedded {
namespace {

namespace fs = std::filesystem;
using contract::sample_events;

class StorageTest : public ::testing::Test {
 protected:
  [[nodiscard]] Result<std::unique_ptr<Storage>> open(const StorageSettings& settings = {}) {
    return Storage::open(directory_.path(), types_, clock_, nullptr, settings);
  }
  static void append(Storage& storage, std::vector<Event> events) {
    std::promise<Status> done;
    storage.event_log().append(std::move(events), [&](Status status) { done.set_value(std::move(status)); });
    ASSERT_TRUE(done.get_future().get().ok());
  }
  // Files of the database whose names end so.
  [[nodiscard]] std::vector<fs::path> files(const std::string& suffix) const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(directory_.path() / "db")) {
      if (entry.path().filename().string().ends_with(suffix)) found.push_back(entry.path());
    }
    return found;
  }
  void write_format(const std::string& text) {
    ASSERT_TRUE(write_file_atomically(directory_.path() / "FORMAT", text).ok());
  }

  const contract::TemporaryDirectory directory_;
  const EventTypes types_ = EventTypes::defaults();
  const SystemClock clock_;
};

TEST_F(StorageTest, CreatesItsDirectory) {
  const auto storage = Storage::open(directory_.path() / "a" / "b", types_, clock_, nullptr);
  ASSERT_TRUE(storage.ok()) << storage.status().to_string();
  EXPECT_EQ(read_file(directory_.path() / "a" / "b" / "FORMAT").value(), "magpie-data 1\n");
}

TEST_F(StorageTest, OneProcessOwnsADirectory) {
  const auto first = open();
  ASSERT_TRUE(first.ok());
  const auto second = open();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_NE(second.error().message().find("server seems to be running"), std::string::npos);
}

TEST_F(StorageTest, RefusesAnotherFormatPlainly) {
  ASSERT_TRUE(open().ok());
  write_format("magpie-data 2\n");
  const auto newer = open();
  ASSERT_FALSE(newer.ok());
  EXPECT_EQ(newer.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_NE(newer.error().message().find("data format 2"), std::string::npos);
}

TEST_F(StorageTest, RefusesADamagedFormat) {
  ASSERT_TRUE(open().ok());
  for (const std::string& text :
       {std::string(), std::string("magpie-data 1"), std::string("magpie-data x\n"), std::string("magpie-data 1x\n"),
        std::string("magpie-data 0\n"), std::string(1000, 'a')}) {
    write_format(text);
    EXPECT_EQ(open().error().code(), ErrorCode::kDataLoss) << text;
  }
  fs::remove(directory_.path() / "FORMAT");
  EXPECT_EQ(open().error().code(), ErrorCode::kDataLoss);
}

TEST_F(StorageTest, RefusesADamagedManifest) {
  ASSERT_TRUE(open().ok());
  std::ofstream(directory_.path() / "db" / "CURRENT") << "nonsense";
  const auto storage = open();
  ASSERT_FALSE(storage.ok());
  EXPECT_EQ(storage.error().code(), ErrorCode::kDataLoss) << storage.error().message();
}

TEST_F(StorageTest, NoticesDamagedTables) {
  append(**open(), sample_events("ann", 0, 1000));
  append(**open(), sample_events("ann", 1000, 1));  // What the first one logged is in a table by now.
  ASSERT_FALSE(files(".sst").empty());
  for (const auto& path : files(".sst")) {
    std::string bytes = read_file(path).value();
    for (std::size_t i = 0; i < bytes.size() / 2; i += 16) bytes[i] ^= 0x55;
    ASSERT_TRUE(write_file_atomically(path, bytes).ok());
  }
  const auto storage = open();
  const auto code = storage.ok() ? (*storage)->event_log().read(0, 0, 1000).error().code() : storage.error().code();
  EXPECT_EQ(code, ErrorCode::kDataLoss);
}

TEST_F(StorageTest, NoticesMissingTables) {
  append(**open(), sample_events("ann", 0, 1000));
  append(**open(), sample_events("ann", 1000, 1));
  ASSERT_FALSE(files(".sst").empty());
  for (const auto& path : files(".sst")) fs::remove(path);
  const auto storage = open();
  ASSERT_FALSE(storage.ok());
  EXPECT_EQ(storage.error().code(), ErrorCode::kDataLoss);
}

TEST_F(StorageTest, ATornTailLosesNothingAcknowledged) {
  append(**open(), sample_events("ann", 0, 100));
  ASSERT_FALSE(files(".log").empty());
  for (const auto& path : files(".log")) std::ofstream(path, std::ios::app) << std::string(777, '\x5a');
  const auto storage = open();
  ASSERT_TRUE(storage.ok()) << storage.status().to_string();
  EXPECT_EQ((*storage)->event_log().read(0, 0, 1000).value().size(), 100U);
}

TEST_F(StorageTest, AnExistingLogKeepsItsPartitions) {
  ASSERT_TRUE(open({.log_partitions = 3}).ok());
  EXPECT_EQ((*open({.log_partitions = 5}))->event_log().partitions(), 3U);
}

TEST_F(StorageTest, RefusesALogWithoutPartitions) {
  EXPECT_EQ(open({.log_partitions = 0}).error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(StorageTest, CommitsWhatIsQueuedWhenItCloses) {
  std::atomic<int> acknowledged{0};
  {
    const auto storage = open();
    for (std::uint64_t i = 0; i < 200; ++i) {
      (*storage)->event_log().append(sample_events("ann", i, 1), [&](const Status& status) {
        EXPECT_TRUE(status.ok());
        ++acknowledged;
      });
    }
  }
  EXPECT_EQ(acknowledged, 200);
  EXPECT_EQ((*open())->event_log().end(0), 200U);
}

TEST_F(StorageTest, RefusesAppendsBeyondTheQueue) {
  const auto storage = open({.append_queue = 20'000}).value();
  auto& log = storage->event_log();
  std::promise<void> entered;
  std::promise<void> leave;
  log.append(sample_events("ann", 0, 1), [&](const Status&) {  // Keeps the committing thread busy.
    entered.set_value();
    leave.get_future().get();
  });
  entered.get_future().get();
  std::atomic<int> accepted{0};
  std::atomic<int> refused{0};
  // Larger than the queue, but alone in it.
  log.append(sample_events("ann", 1, 1000), [&](const Status& status) { ++(status.ok() ? accepted : refused); });
  log.append(sample_events("ann", 1001, 1), [&](const Status& status) {
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), ErrorCode::kResourceExhausted);
    ++refused;
  });
  EXPECT_EQ(refused, 1);
  leave.set_value();
  EXPECT_TRUE(log.wait(0, 1000, std::chrono::minutes(2)));
  EXPECT_EQ(log.end(0), 1001U);
}

TEST_F(StorageTest, NamesTheRecordThatItCannotRead) {
  EventTypes more = types_;
  ASSERT_TRUE(more.set("bookmark", 3.0).ok());
  Event event = contract::sample_event("ann", 0);
  event.type = *more.find("bookmark");
  append(**Storage::open(directory_.path(), more, clock_, nullptr), {contract::sample_event("ann", 1), event});
  const auto storage = open();
  const auto records = (*storage)->event_log().read(0, 0, 10);
  ASSERT_FALSE(records.ok());
  EXPECT_EQ(records.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_NE(records.error().message().find("offset 1"), std::string::npos);
  EXPECT_TRUE((*storage)->event_log().erase(UserId("ann")).ok());  // Erasure needs no kinds.
  EXPECT_TRUE((*storage)->event_log().read(0, 0, 10).value().empty());
}

TEST_F(StorageTest, ReadsUserFeaturesFromMemoryTheSecondTime) {
  Metrics metrics;
  const auto storage = Storage::open(directory_.path(), types_, clock_, &metrics).value();
  const auto misses = [&] { return metrics.counter("magpie_feature_table_misses_total", "").value(); };
  const auto hits = [&] { return metrics.counter("magpie_feature_table_hits_total", "").value(); };
  FeatureUpdate update;
  update.users.emplace_back(UserId("ann"), contract::sample_state(2, contract::kNoon));
  ASSERT_TRUE(storage->features().apply(update).ok());
  for (const char* user : {"ann", "nobody"}) {  // The absence of features is remembered too.
    const double misses_before = misses();
    const double hits_before = hits();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(storage->features().user(UserId(user)).ok());
    EXPECT_EQ(misses() - misses_before, 1) << user;
    EXPECT_EQ(hits() - hits_before, 2) << user;
  }
}

}  // namespace
}  // namespace magpie::embedded
