#include "adapters/embedded/duck_history_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <tuple>

#include "adapters/embedded/duck_history_manifest.h"
#include "adapters/embedded/duck_session.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/random.h"

namespace magpie::embedded {
namespace {

namespace fs = std::filesystem;
using std::chrono::days;
using std::chrono::hours;
using testing::HasSubstr;

constexpr Timestamp kStart = from_unix_ms(1'700'006'400'000);  // 2023-11-15T00:00:00Z

class DuckHistoryStoreTest : public testing::Test {
 protected:
  DuckHistoryStoreTest()
      : directory_(fs::path(testing::TempDir()) / ("history's [" + test_name() + std::to_string(::getpid()) + "]")) {
    fs::remove_all(directory_);
    reopen();
  }
  ~DuckHistoryStoreTest() override { fs::remove_all(directory_); }

  static std::string test_name() { return testing::UnitTest::GetInstance()->current_test_info()->name(); }

  void reopen(DuckHistorySettings settings = {}) {
    store_.reset();
    auto opened = DuckHistoryStore::open(directory_, types_, settings);
    ASSERT_TRUE(opened.ok()) << opened.error().to_string();
    store_ = std::move(*opened);
  }

  static Event event(const std::string& id, Timestamp time, const std::string& user = "u1") {
    Event e;
    e.id = EventId(id);
    e.user = UserId(user);
    e.item = ItemId("item of " + id);
    e.type = kClick;
    e.time = time;
    return e;
  }

  // Appends to partition 0 where the last append ended.
  Status append(const std::vector<Event>& events) {
    std::vector<LoggedEvent> logged;
    for (const Event& e : events) logged.push_back({next_++, e});
    return store_->append(0, logged, next_);
  }

  std::vector<Event> scan(TimeWindow window = {kStart - days(1000), kStart + days(1000)}) {
    std::vector<Event> found;
    const Status status = store_->scan(window, [&](std::span<const Event> events) {
      found.insert(found.end(), events.begin(), events.end());
      return ok_status();
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return found;
  }

  std::vector<std::string> scanned_ids() {
    std::vector<std::string> ids;
    for (const Event& e : scan()) ids.push_back(e.id.get());
    return ids;
  }

  std::vector<fs::path> parquet_files() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(directory_)) {
      if (entry.path().extension() == ".parquet") files.push_back(entry.path());
    }
    return files;
  }

  const EventTypes types_ = EventTypes::defaults();
  fs::path directory_;
  std::unique_ptr<DuckHistoryStore> store_;
  Offset next_ = 0;
};

TEST_F(DuckHistoryStoreTest, EveryFieldComesBack) {
  Event full = event("e1", kStart + hours(5));
  full.type = kImpression;
  full.value = -2.5;
  full.session = SessionId("s");
  full.request = RequestId("r");
  full.context = {"home", "phone", "eu"};
  full.categories = {"Drama", "Children's", "naïve, with a comma"};
  full.position = 0;
  full.propensity = 0.25F;
  full.model_version = ModelVersion(7);
  const Event bare = event("e2", kStart + hours(6));
  ASSERT_TRUE(append({full, bare}).ok());
  EXPECT_EQ(scan(), (std::vector{full, bare}));
  reopen();
  EXPECT_EQ(scan(), (std::vector{full, bare}));
}

// Makes the one file of the history, and the manifest, what they were before propensities were recorded.
void turn_into_format_1(const fs::path& directory, const fs::path& file) {
  auto session = DuckSession::open({});
  ASSERT_TRUE(session.ok());
  const std::string path = file.string();
  ASSERT_TRUE(session
                  ->run("CREATE TABLE old AS SELECT * EXCLUDE (propensity) FROM read_parquet(" + sql_list({path}) +
                        ", hive_partitioning = false)")
                  .ok());
  ASSERT_TRUE(session->run("COPY old TO " + sql_quoted(path) + " (FORMAT parquet)").ok());
  const fs::path manifest_path = directory / "manifest.json";
  HistoryManifest manifest = decode_manifest(*read_file(manifest_path)).value();
  const std::string bytes = *read_file(file);
  manifest.files.at(0).bytes = bytes.size();
  manifest.files.at(0).checksum = checksum128(bytes);
  std::string text = encode_manifest(manifest);
  text.replace(text.find("\"format\": 2"), 11, "\"format\": 1");
  ASSERT_TRUE(write_file_atomically(manifest_path, text).ok());
}

TEST_F(DuckHistoryStoreTest, FilesFromBeforePropensitiesAreReadBesideNewOnes) {
  const Event old = event("old", kStart);
  ASSERT_TRUE(append({old}).ok());
  turn_into_format_1(directory_, parquet_files().at(0));
  reopen();
  EXPECT_EQ(scan(), std::vector{old}) << "none of the files has the column";
  Event later = event("new", kStart + hours(1));
  later.propensity = 0.5F;
  ASSERT_TRUE(append({later}).ok());
  EXPECT_EQ(scan(), (std::vector{old, later}));
  EXPECT_EQ(*store_->compact(), 1U);
  EXPECT_EQ(scan(), (std::vector{old, later}));
  reopen();
  EXPECT_EQ(scan(), (std::vector{old, later}));
}

TEST_F(DuckHistoryStoreTest, EventsOfBeforeNineteenSeventyHaveTheirDay) {
  ASSERT_TRUE(append({event("old", from_unix_ms(-1))}).ok());
  EXPECT_TRUE(fs::exists(directory_ / "day=1969-12-31"));
  EXPECT_EQ(scan({from_unix_ms(-10), from_unix_ms(0)}).size(), 1U);
}

TEST_F(DuckHistoryStoreTest, AReplayStoresNothingTwice) {
  const std::vector<LoggedEvent> first{{0, event("a", kStart)}, {1, event("b", kStart)}};
  ASSERT_TRUE(store_->append(0, first, 2).ok());
  ASSERT_TRUE(store_->append(0, first, 2).ok());
  const std::vector<LoggedEvent> overlapping{{1, event("b", kStart)}, {2, event("c", kStart)}};
  ASSERT_TRUE(store_->append(0, overlapping, 3).ok());
  EXPECT_EQ(store_->summary()->events, 3U);
  EXPECT_EQ(*store_->persisted(0), 3U);
  EXPECT_EQ(*store_->persisted(1), 0U);
  reopen();
  EXPECT_EQ(*store_->persisted(0), 3U);
  EXPECT_EQ(scanned_ids(), (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(DuckHistoryStoreTest, OffsetsWithoutEventsAreCommittedToo) {
  ASSERT_TRUE(store_->append(3, {}, 17).ok());
  reopen();
  EXPECT_EQ(*store_->persisted(3), 17U);
  EXPECT_TRUE(scan().empty());
}

TEST_F(DuckHistoryStoreTest, AnIdIsSeenOnceAndAtItsEarliest) {
  Event late = event("again", kStart + days(2));
  ASSERT_TRUE(append({late, event("x", kStart + hours(1))}).ok());
  ASSERT_TRUE(append({event("again", kStart + hours(2)), event("again", kStart + hours(3))}).ok());
  ASSERT_TRUE(append({event("again", kStart + hours(2))}).ok());
  EXPECT_EQ(scanned_ids(), (std::vector<std::string>{"x", "again"}));
  EXPECT_EQ(scan()[1].time, kStart + hours(2));
}

TEST_F(DuckHistoryStoreTest, TheWindowIsHalfOpen) {
  ASSERT_TRUE(append({event("a", kStart), event("b", kStart + hours(30)), event("c", kStart + hours(60))}).ok());
  const auto found = scan({kStart, kStart + hours(60)});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].id, EventId("b"));
  EXPECT_TRUE(scan({kStart + hours(1), kStart + hours(30)}).empty());
}

// Against a map of what was appended, across flushes, retries, days, compactions and erasures.
TEST_F(DuckHistoryStoreTest, AgreesWithAMap) {
  Random random(7);
  std::map<std::string, Event> expected;  // By id: the earliest.
  const auto check = [&] {
    std::vector<Event> events;
    for (const auto& [id, e] : expected) events.push_back(e);
    std::sort(events.begin(), events.end(),
              [](const Event& a, const Event& b) { return std::tie(a.time, a.id) < std::tie(b.time, b.id); });
    EXPECT_EQ(scan(), events);
  };
  for (int round = 0; round < 6; ++round) {
    std::vector<Event> batch;
    for (int i = 0; i < 1500; ++i) {
      Event e = event(std::to_string(random.below(4000)), kStart + Duration(random.below(20 * 86'400'000ULL)),
                      "u" + std::to_string(random.below(10)));
      e.user = UserId("u" + e.id.get().substr(0, 1));  // One id, one user.
      const auto [at, inserted] = expected.try_emplace(e.id.get(), e);
      if (!inserted && e.time < at->second.time) at->second = e;
      batch.push_back(std::move(e));
    }
    ASSERT_TRUE(append(batch).ok());
    check();
  }
  const auto compacted = store_->compact();
  ASSERT_TRUE(compacted.ok());
  EXPECT_EQ(*compacted, 20U);
  EXPECT_EQ(store_->summary()->files, 20U);
  EXPECT_EQ(store_->summary()->events, 9000U);
  EXPECT_EQ(*store_->compact(), 0U);
  check();

  ASSERT_TRUE(store_->erase(UserId("u3")).ok());
  std::erase_if(expected, [](const auto& entry) { return entry.second.user == UserId("u3"); });
  check();
  reopen();
  check();
}

TEST_F(DuckHistoryStoreTest, ErasedUsersAreInNoFile) {
  ASSERT_TRUE(append({event("a", kStart, "secret's"), event("b", kStart, "other")}).ok());
  ASSERT_TRUE(append({event("c", kStart + days(1), "secret's")}).ok());
  ASSERT_TRUE(store_->erase(UserId("secret's")).ok());
  EXPECT_EQ(scanned_ids(), std::vector<std::string>{"b"});
  EXPECT_EQ(store_->summary()->days, 1U);
  ASSERT_EQ(parquet_files().size(), 1U);
  const auto bytes = read_file(parquet_files().front());
  EXPECT_THAT(*bytes, testing::Not(HasSubstr("secret")));
  EXPECT_TRUE(store_->erase(UserId("secret's")).ok());
}

TEST_F(DuckHistoryStoreTest, RetentionDropsWholeDays) {
  ASSERT_TRUE(append({event("a", kStart), event("b", kStart + days(1)), event("c", kStart + days(2))}).ok());
  EXPECT_EQ(*store_->retain(kStart + days(1) + hours(1)), 1U);
  EXPECT_EQ(scanned_ids(), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(parquet_files().size(), 2U);
  EXPECT_FALSE(fs::exists(directory_ / "day=2023-11-15"));
  EXPECT_EQ(store_->summary()->oldest, kStart + days(1));
  EXPECT_EQ(store_->summary()->newest, kStart + days(2));
}

TEST_F(DuckHistoryStoreTest, LeftoversOfACrashAreRemoved) {
  ASSERT_TRUE(append({event("a", kStart)}).ok());
  const fs::path orphan = directory_ / "day=2023-11-15" / "part-00000099.parquet";
  std::ofstream(orphan) << "half a fil";
  fs::create_directories(directory_ / "spill");
  std::ofstream(directory_ / "spill" / "x") << "user data";
  reopen();
  EXPECT_FALSE(fs::exists(orphan));
  EXPECT_FALSE(fs::exists(directory_ / "spill"));
  EXPECT_EQ(scanned_ids(), std::vector<std::string>{"a"});
}

TEST_F(DuckHistoryStoreTest, ADamagedFileIsNamed) {
  ASSERT_TRUE(append({event("a", kStart), event("b", kStart + days(1))}).ok());
  const fs::path victim = directory_ / "day=2023-11-16" / "part-00000002.parquet";
  std::string bytes = *read_file(victim);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(victim, std::ios::binary) << bytes;
  const Status status = store_->scan({kStart, kStart + days(9)}, [](auto) { return ok_status(); });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), ErrorCode::kDataLoss);
  EXPECT_THAT(status.error().message(), HasSubstr(victim.string()));
  EXPECT_EQ(scan({kStart, kStart + days(1)}).size(), 1U) << "days that are whole can still be read";

  fs::remove(victim);
  const Status missing = store_->scan({kStart, kStart + days(9)}, [](auto) { return ok_status(); });
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::kDataLoss);
  EXPECT_THAT(missing.error().message(), HasSubstr(victim.string()));
}

TEST_F(DuckHistoryStoreTest, ADamagedManifestIsNamed) {
  std::ofstream(directory_ / "manifest.json") << "{\"format\": 1, \"files\": ";
  const auto opened = DuckHistoryStore::open(directory_, types_);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), ErrorCode::kDataLoss);
  EXPECT_THAT(opened.error().message(), HasSubstr("manifest.json"));

  std::ofstream(directory_ / "manifest.json") << R"({"format": 3})";
  EXPECT_EQ(DuckHistoryStore::open(directory_, types_).error().code(), ErrorCode::kFailedPrecondition);
}

TEST_F(DuckHistoryStoreTest, TheVisitorEndsTheScan) {
  ASSERT_TRUE(append({event("a", kStart), event("b", kStart + days(1))}).ok());
  int calls = 0;
  const Status status = store_->scan({kStart, kStart + days(9)}, [&](auto) -> Status {
    ++calls;
    return resource_exhausted("enough");
  });
  EXPECT_EQ(status.error().message(), "enough");
  EXPECT_EQ(calls, 1);
}

TEST_F(DuckHistoryStoreTest, KindsThatAreNoLongerConfiguredStayInTheFiles) {
  EventTypes more = EventTypes::defaults();
  ASSERT_TRUE(more.set("share", 3).ok());
  auto store = DuckHistoryStore::open(directory_ / "other", more);
  ASSERT_TRUE(store.ok());
  Event shared = event("a", kStart);
  shared.type = *more.find("share");
  ASSERT_TRUE((*store)->append(0, std::vector<LoggedEvent>{{0, shared}, {1, event("b", kStart)}}, 2).ok());
  const auto count = [&](DuckHistoryStore& from) {
    std::size_t seen = 0;
    EXPECT_TRUE(from.scan({kStart, kStart + days(1)},
                          [&](auto events) {
                            seen += events.size();
                            return ok_status();
                          })
                    .ok());
    return seen;
  };
  EXPECT_EQ(count(**store), 2U);
  auto fewer = DuckHistoryStore::open(directory_ / "other", types_);
  EXPECT_EQ(count(**fewer), 1U);
  auto again = DuckHistoryStore::open(directory_ / "other", more);
  EXPECT_EQ(count(**again), 2U);
}

TEST_F(DuckHistoryStoreTest, ALongDayIsSortedInBoundedMemory) {
  reopen({.memory_limit_bytes = 96UL << 20U});
  Random random(3);
  constexpr std::size_t kEvents = 300'000;
  for (std::size_t done = 0; done < kEvents; done += 50'000) {
    std::vector<Event> batch;
    for (std::size_t i = 0; i < 50'000; ++i) {
      batch.push_back(event("import-0123456789abcdef0123456789abcdef" + std::to_string(done + i),
                            kStart + Duration(random.below(86'400'000))));
    }
    ASSERT_TRUE(append(batch).ok());
  }
  std::size_t seen = 0;
  Timestamp last = kStart;
  const Status status = store_->scan({kStart, kStart + days(1)}, [&](std::span<const Event> events) {
    for (const Event& e : events) {
      EXPECT_LE(last, e.time);
      last = e.time;
    }
    seen += events.size();
    return ok_status();
  });
  EXPECT_TRUE(status.ok()) << status.to_string();
  EXPECT_EQ(seen, kEvents);
}

}  // namespace
}  // namespace magpie::embedded
