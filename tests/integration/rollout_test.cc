// A rollout from end to end: versions in a real directory, users who get recommendations and click on them, the
// impressions and clicks in the history, the verdict that follows from them. Time is a manual clock's.

#include "batch/rollout.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "adapters/embedded/directory_model_store.h"
#include "base/random.h"
#include "serving/film_shop_test.h"
#include "serving/model_loader.h"
#include "serving/model_monitor.h"
#include "serving/recommender.h"
#include "tests/contract/temporary_directory.h"
#include "tests/fakes/in_memory_catalogue_store.h"
#include "tests/fakes/in_memory_feature_store.h"
#include "tests/fakes/in_memory_history_store.h"

namespace magpie {
namespace {

constexpr int kUsers = 500;
constexpr ModelVersion kOld(1);
constexpr ModelVersion kNew(2);

std::string user_id(int user) { return "user-" + std::to_string(user); }

// What a process holds while it runs; everything else outlives it.
struct Process {
  Process(const std::filesystem::path& directory, CatalogueStore& catalogue, FeatureStore& features, const Clock& clock,
          UlidGenerator& ids, serving::ImpressionSink sink)
      : models(embedded::DirectoryModelStore::open(directory).value()),
        loader(*models, catalogue, indexes, holder, metrics),
        monitor(holder, loader),
        // The deadline is so long that no strategy is ever late.
        recommender(catalogue, features, holder, types, clock, ids, pool, metrics, std::move(sink),
                    {.strategy_deadline = std::chrono::minutes(10)}) {}

  std::unique_ptr<ModelStore> models;
  EventTypes types = EventTypes::defaults();
  Metrics metrics;
  ThreadPool pool{2, 64};
  fakes::InMemoryVectorIndexFactory indexes;
  serving::ModelHolder holder;
  serving::ModelLoader loader;
  serving::ModelMonitor monitor;
  serving::Recommender recommender;
};

class RolloutFromEndToEnd : public ::testing::Test {
 protected:
  RolloutFromEndToEnd() {
    EXPECT_TRUE(catalogue_.put_items(serving::films()).ok());
    settings_.policy.latency_limit = std::chrono::hours(1);  // A test machine may stand still.
    settings_.policy.latency_floor = std::chrono::hours(1);
    restart();
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE(process_->models->publish({}, encode_model(serving::trained_model())).ok());
    }
    EXPECT_TRUE(process_->models->promote(kOld).ok());
    EXPECT_TRUE(process_->loader.refresh().ok());
  }

  void restart() {
    process_.reset();
    process_ = std::make_unique<Process>(directory_.path(), catalogue_, features_, clock_, ids_,
                                         [this](std::vector<Event> shown) { history_.add(std::move(shown)); });
    EXPECT_TRUE(process_->loader.refresh().ok());
  }

  [[nodiscard]] batch::RolloutDependencies dependencies() {
    return {*process_->models, history_, process_->monitor, clock_};
  }

  // Every user comes once and clicks on each item with the probability of the version that chose it.
  void users_come() {
    for (int user = 0; user < kUsers; ++user) {
      const auto answer = process_->recommender.recommend(serving::request_for(user_id(user), 5));
      ASSERT_TRUE(answer.ok());
      served_[user].insert(answer->model_version);
      for (const auto& item : answer->items) {
        if (random_.uniform() < click_rate_[answer->model_version]) click(user, item.item, answer->id);
      }
    }
  }

  void click(int user, const ItemId& item, const RequestId& request) {
    Event event;
    event.id = EventId(ids_.next());
    event.user = UserId(user_id(user));
    event.item = item;
    event.type = kClick;
    event.time = clock_.now();
    event.request = request;
    history_.add({event});
  }

  // Calls `step` as often as it asks for, with users in between; each time in a new process where `crashing`.
  template <typename Step>
  batch::RolloutProgress run(Step step, bool crashing = false) {
    while (true) {
      if (crashing) restart();
      EXPECT_TRUE(process_->loader.refresh().ok());
      users_come();
      const auto progress = step();
      EXPECT_TRUE(progress.ok());
      if (!progress.ok() || progress->state != batch::RolloutState::kWaiting) return *progress;
      clock_.set(progress->check_again);
    }
  }

  batch::RolloutProgress monitor(bool crashing = false) {
    return run([&] { return batch::monitor_canary(dependencies(), kNew, settings_); }, crashing);
  }
  batch::RolloutProgress advance(bool crashing = false) {
    return run([&] { return batch::advance_rollout(dependencies(), kNew, settings_); }, crashing);
  }
  void start() { ASSERT_TRUE(batch::start_canary(dependencies(), kNew, settings_).ok()); }

  std::set<int> users_of(ModelVersion version) {
    std::set<int> users;
    for (const auto& [user, versions] : served_) {
      if (versions.contains(version)) users.insert(user);
    }
    return users;
  }

  contract::TemporaryDirectory directory_;
  ManualClock clock_{serving::kNow};
  UlidGenerator ids_{clock_, 1};
  Random random_{17};
  fakes::InMemoryCatalogueStore catalogue_;
  fakes::InMemoryFeatureStore features_;
  fakes::InMemoryHistoryStore history_;
  batch::RolloutSettings settings_{.check_interval = std::chrono::minutes(5)};
  std::map<ModelVersion, double> click_rate_{{kOld, 0.2}, {kNew, 0.2}};
  std::map<int, std::set<ModelVersion>> served_;  // By user.
  std::unique_ptr<Process> process_;
};

TEST_F(RolloutFromEndToEnd, AGoodVersionReplacesTheOldOne) {
  start();
  EXPECT_EQ(monitor().state, batch::RolloutState::kDone);
  const auto tenth = users_of(kNew);
  EXPECT_NEAR(static_cast<double>(tenth.size()), kUsers * 0.1, 30);
  for (const int user : tenth) EXPECT_EQ(served_[user].size(), 1U) << user << " saw both versions";

  served_.clear();
  EXPECT_EQ(advance().state, batch::RolloutState::kDone);
  for (const int user : tenth) EXPECT_EQ(served_[user], std::set{kNew}) << user << " went back";
  EXPECT_EQ(process_->models->aliases().value(), promoted(promoted({}, kOld), kNew));

  served_.clear();
  ASSERT_TRUE(process_->loader.refresh().ok());
  users_come();
  EXPECT_EQ(users_of(kNew).size(), std::size_t{kUsers});

  ASSERT_TRUE(process_->models->update_aliases(rolled_back).ok());
  ASSERT_TRUE(process_->loader.refresh().ok());
  served_.clear();
  users_come();
  EXPECT_EQ(users_of(kOld).size(), std::size_t{kUsers});
}

TEST_F(RolloutFromEndToEnd, AWorseVersionIsWithdrawnBeforeItsTimeIsOver) {
  settings_.canary_share = 0.5;
  click_rate_[kNew] = 0.05;
  start();
  const auto rejected = monitor();
  EXPECT_EQ(rejected.state, batch::RolloutState::kRejected);
  EXPECT_NE(rejected.report.find("fail: clicks"), std::string::npos) << rejected.report;
  EXPECT_LT(clock_.now(), serving::kNow + settings_.monitoring);
  ASSERT_TRUE(process_->loader.refresh().ok());
  served_.clear();
  users_come();
  EXPECT_EQ(users_of(kOld).size(), std::size_t{kUsers});
}

TEST_F(RolloutFromEndToEnd, ACrashBetweenAnyTwoCallsLosesNothing) {
  start();
  EXPECT_EQ(monitor(/*crashing=*/true).state, batch::RolloutState::kDone);
  EXPECT_EQ(clock_.now(), serving::kNow + settings_.monitoring) << "the time before a crash counts";
  EXPECT_EQ(advance(/*crashing=*/true).state, batch::RolloutState::kDone);
  EXPECT_EQ(clock_.now(), serving::kNow + settings_.monitoring + 2 * settings_.step_hold);
  EXPECT_EQ(process_->models->aliases().value(), promoted(promoted({}, kOld), kNew));
}

TEST_F(RolloutFromEndToEnd, ADamagedVersionNeverBecomesTheCanary) {
  std::filesystem::resize_file(directory_.path() / "v000002" / "items", 3);
  EXPECT_EQ(batch::start_canary(dependencies(), kNew, settings_).error().code(), ErrorCode::kDataLoss);
  ASSERT_TRUE(process_->loader.refresh().ok());
  users_come();
  EXPECT_EQ(users_of(kOld).size(), std::size_t{kUsers});
}

TEST_F(RolloutFromEndToEnd, ACanaryThatIsDamagedLaterIsWithdrawn) {
  start();
  std::filesystem::resize_file(directory_.path() / "v000002" / "items", 3);
  EXPECT_EQ(process_->loader.refresh().error().code(), ErrorCode::kDataLoss);
  users_come();
  EXPECT_EQ(users_of(kOld).size(), std::size_t{kUsers}) << "production serves everybody";
  const auto rejected = batch::monitor_canary(dependencies(), kNew, settings_);
  ASSERT_TRUE(rejected.ok());
  EXPECT_EQ(rejected->state, batch::RolloutState::kRejected);
  EXPECT_NE(rejected->report.find("items"), std::string::npos) << rejected->report;
}

}  // namespace
}  // namespace magpie
