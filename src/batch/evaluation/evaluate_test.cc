#include "batch/evaluation/evaluate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/random.h"
#include "batch/evaluation/report_json.h"
#include "tests/fakes/in_memory_catalogue_store.h"
#include "tests/fakes/in_memory_history_store.h"
#include "tests/fakes/in_memory_vector_index.h"

namespace magpie::batch {
namespace {

constexpr std::size_t kGenres = 4;
constexpr std::size_t kItemsPerGenre = 12;
constexpr std::size_t kUsers = 80;
const Timestamp kNow = from_unix_ms(1'700'000'000'000);

// A shop where each user goes from volume to volume of one series: order tells what is next, popularity does not.
class Evaluate : public testing::Test {
 protected:
  Evaluate() {
    settings_.training.als.factors = 4;
    settings_.bootstrap.resamples = 100;
    settings_.two_tower = WithTwoTower::kNo;
    settings_.training.two_tower.epochs = 1;
    settings_.training.two_tower.hidden = settings_.training.two_tower.dimensions = 8;
    Random random(71);
    for (std::size_t user = 0; user < kUsers; ++user) read_a_series(user, random);
  }

  static ItemId item_of(std::size_t genre, std::size_t number) {
    return ItemId("g" + std::to_string(genre) + "_" + std::to_string(100 + number));
  }
  static UserId user_of(std::size_t user) { return UserId("user" + std::to_string(1000 + user)); }

  void read_a_series(std::size_t user, Random& random) {
    const std::size_t first = random.below(kItemsPerGenre - 6);
    for (std::size_t n = 0; n < 6; ++n) {
      Item item;
      item.id = item_of(user % kGenres, first + n);
      item.title = "Volume " + std::to_string(first + n);
      item.categories = {"genre " + std::to_string(user % kGenres)};
      ASSERT_TRUE(catalogue_.put_items({item}).ok());
      add(user_of(user), item.id, kView, kNow - std::chrono::hours(100 - 10 * n) - std::chrono::minutes(user));
    }
  }

  Event& add(const UserId& user, const ItemId& item, EventType type, Timestamp time) {
    event_ = {};
    event_.id = EventId("event" + std::to_string(next_++));
    event_.user = user;
    event_.item = item;
    event_.type = type;
    event_.time = time;
    history_.add({event_});
    return event_;
  }

  [[nodiscard]] Result<EvaluationReport> evaluate() {
    return batch::evaluate({history_, catalogue_.snapshot(), indexes_, types_, kNow}, settings_, {});
  }
  [[nodiscard]] EvaluationReport report() {
    auto result = evaluate();
    EXPECT_TRUE(result.ok()) << result.status().to_string();
    return result.ok() ? std::move(result).value() : EvaluationReport{};
  }
  static double ndcg(const EvaluationReport& report, Contender contender) {
    const std::vector<ContenderResult>& all = report.segments.front().contenders;
    return std::ranges::find(all, contender, &ContenderResult::contender)
        ->measures[static_cast<std::size_t>(Measure::kNdcg)]
        .estimate.value;
  }

  fakes::InMemoryHistoryStore history_;
  fakes::InMemoryCatalogueStore catalogue_;
  fakes::InMemoryVectorIndexFactory indexes_;
  EventTypes types_ = EventTypes::defaults();
  EvaluationSettings settings_;
  Event event_;
  int next_ = 0;
};

TEST_F(Evaluate, FindsWhatTheHistoryHolds) {
  const EvaluationReport result = report();
  EXPECT_EQ(result.measured_users, kUsers);
  EXPECT_EQ(result.train_interactions, kUsers * 5);
  EXPECT_GT(ndcg(result, Contender::kEngine), 0.5);
  EXPECT_GT(ndcg(result, Contender::kEngine), ndcg(result, Contender::kPopularity) + 0.2);
  EXPECT_GT(ndcg(result, Contender::kItemKnn), ndcg(result, Contender::kPopularity));
  EXPECT_GT(result.candidate_recall, 0.9);
  EXPECT_FALSE(result.off_policy.estimate.has_value());
  EXPECT_FALSE(result.off_policy.reason.empty());
}

TEST_F(Evaluate, IsTheSameWhateverTheThreads) {
  settings_.threads = 1;
  const std::string one = to_json(report());
  settings_.threads = 3;
  EXPECT_EQ(one, to_json(report()));
}

TEST_F(Evaluate, TheTwoTowerNetworkTakesPartWhereItIsAskedFor) {
  const auto takes_part = [](const EvaluationReport& report) {
    return std::ranges::count(report.catalogue, Contender::kTwoTower, &CatalogueResult::contender) == 1;
  };
  EXPECT_FALSE(takes_part(report()));
  settings_.two_tower = WithTwoTower::kYes;
  EXPECT_TRUE(takes_part(report()));
}

TEST_F(Evaluate, ATemporalSplitSaysWhereItIs) {
  settings_.split = SplitKind::kTemporal;
  settings_.holdout = 0.3;
  const EvaluationReport result = report();
  ASSERT_TRUE(result.split_at.has_value());
  EXPECT_LT(*result.split_at, kNow);
  EXPECT_EQ(result.split, "temporal");
  EXPECT_GT(result.test_users, 0U);
  EXPECT_EQ(result.off_policy.reason, "no impressions were logged after the split (serving.log_impressions)");
}

TEST_F(Evaluate, EstimatesClicksFromLoggedImpressions) {
  settings_.split = SplitKind::kTemporal;
  settings_.at = kNow - std::chrono::hours(60);
  for (std::size_t user = 0; user < 40; ++user) {
    for (std::uint32_t position = 0; position < 3; ++position) {
      Event shown;
      shown.id = EventId("shown" + std::to_string(user) + "_" + std::to_string(position));
      shown.user = user_of(user);
      shown.item = item_of(user % kGenres, 3 + position);
      shown.type = kImpression;
      shown.time = kNow - std::chrono::hours(1);
      shown.request = RequestId("request" + std::to_string(user));
      shown.position = position;
      shown.propensity = 0.5F;
      history_.add({shown});
    }
  }
  const EvaluationReport result = report();
  ASSERT_TRUE(result.off_policy.estimate.has_value()) << result.off_policy.reason;
  EXPECT_EQ(result.off_policy.estimate->actions, 120U);
  EXPECT_EQ(result.off_policy.estimate->clusters, 40U);
  EXPECT_DOUBLE_EQ(result.off_policy.estimate->logged.value, 0);
  EXPECT_TRUE(result.off_policy.reason.empty());
}

TEST_F(Evaluate, MeasuresAtMostSoManyUsers) {
  settings_.most_users = 10;
  const EvaluationReport result = report();
  EXPECT_EQ(result.measured_users, 10U);
  EXPECT_EQ(result.test_users, kUsers);
}

TEST_F(Evaluate, RefusesWhatMakesNoSense) {
  settings_.k = 0;
  EXPECT_EQ(evaluate().error().field(), "k");
  settings_.k = 10;
  settings_.holdout = 1;
  EXPECT_EQ(evaluate().error().field(), "holdout");
  settings_.holdout = 0.1;
  settings_.split = SplitKind::kTemporal;
  settings_.at = kNow + std::chrono::hours(1);
  EXPECT_EQ(evaluate().error().code(), ErrorCode::kFailedPrecondition) << "nothing comes after";
  settings_.at = kNow - std::chrono::hours(10'000);
  EXPECT_EQ(evaluate().error().code(), ErrorCode::kFailedPrecondition) << "nothing comes before";
}

}  // namespace
}  // namespace magpie::batch
