#include "serving/model_holder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/hash.h"
#include "serving/film_shop_test.h"
#include "serving/recommender.h"
#include "tests/fakes/in_memory_catalogue_store.h"
#include "tests/fakes/in_memory_feature_store.h"

namespace magpie::serving {
namespace {

constexpr int kUsers = 400;

UserId user(int i) { return UserId("user-" + std::to_string(i)); }

class ModelHolderTest : public ::testing::Test {
 protected:
  std::shared_ptr<const ServingModel> model(std::uint64_t version) { return serving_model(catalogue_, version); }
  void answer(ModelRole role, bool degraded = false) {
    holder_.lineup()->served(role).traffic->count(std::chrono::milliseconds(3), degraded);
  }
  std::uint64_t answered(ModelRole role) { return holder_.lineup()->served(role).traffic->latency().total(); }

  std::shared_ptr<const CatalogueSnapshot> catalogue_ = snapshot_of(films());
  ModelHolder holder_;
};

TEST_F(ModelHolderTest, HasALineupBeforeTheFirstModel) {
  EXPECT_EQ(holder_.get(), nullptr);
  EXPECT_EQ(holder_.lineup()->role_for(user(1)), ModelRole::kProduction);
  answer(ModelRole::kProduction);
  EXPECT_EQ(answered(ModelRole::kProduction), 1U);
}

TEST_F(ModelHolderTest, ProductionAloneServesEverybody) {
  holder_.set(model(1));
  for (int i = 0; i < kUsers; ++i) EXPECT_EQ(holder_.lineup()->role_for(user(i)), ModelRole::kProduction);
}

TEST_F(ModelHolderTest, TheCanaryServesItsShare) {
  holder_.set(model(1), model(2), 0.25);
  int chosen = 0;
  for (int i = 0; i < kUsers; ++i) chosen += holder_.lineup()->role_for(user(i)) == ModelRole::kCanary ? 1 : 0;
  EXPECT_NEAR(chosen, kUsers / 4, 35);
  EXPECT_EQ(holder_.get()->version(), ModelVersion(1));
}

TEST_F(ModelHolderTest, TrafficCountsOnWhileTheVersionsStay) {
  holder_.set(model(1), model(2), 0.25);
  answer(ModelRole::kProduction);
  answer(ModelRole::kCanary, /*degraded=*/true);
  holder_.set(model(1), model(2), 0.5);  // Another share, and joined anew.
  answer(ModelRole::kCanary);
  EXPECT_EQ(answered(ModelRole::kProduction), 1U);
  EXPECT_EQ(answered(ModelRole::kCanary), 2U);
  EXPECT_EQ(holder_.lineup()->canary->traffic->degraded(), 1U);
  holder_.set(model(1), model(3), 0.5);
  EXPECT_EQ(answered(ModelRole::kProduction), 0U) << "both are of the same time";
  EXPECT_EQ(answered(ModelRole::kCanary), 0U);
}

class CanaryServingTest : public ModelHolderTest {
 protected:
  CanaryServingTest() { EXPECT_TRUE(store_.put_items(films()).ok()); }
  ModelVersion version_for(const UserId& id) {
    const auto response = recommender_.recommend(request_for(id.get(), 3));
    EXPECT_TRUE(response.ok());
    return response->model_version;
  }

  ManualClock clock_{kNow};
  EventTypes types_ = EventTypes::defaults();
  Metrics metrics_;
  UlidGenerator ids_{clock_, 1};
  ThreadPool pool_{2, 64};
  fakes::InMemoryCatalogueStore store_;
  fakes::InMemoryFeatureStore features_;
  std::vector<Event> shown_;
  // The deadline is so long that no strategy is ever late.
  Recommender recommender_{
      store_,
      features_,
      holder_,
      types_,
      clock_,
      ids_,
      pool_,
      metrics_,
      [this](const std::vector<Event>& events) { shown_.insert(shown_.end(), events.begin(), events.end()); },
      {.strategy_deadline = std::chrono::minutes(10)}};
};

TEST_F(CanaryServingTest, AUserStaysWithOneVersionUntilTheShareReachesIt) {
  holder_.set(model(1), model(2), 0.3);
  std::vector<ModelVersion> first;
  for (int i = 0; i < 40; ++i) first.push_back(version_for(user(i)));
  EXPECT_NE(std::count(first.begin(), first.end(), ModelVersion(2)), 0);
  EXPECT_NE(std::count(first.begin(), first.end(), ModelVersion(1)), 0);
  holder_.set(model(1), model(2), 0.6);
  for (int i = 0; i < 40; ++i) {
    const ModelVersion now = version_for(user(i));
    EXPECT_EQ(version_for(user(i)), now);
    EXPECT_TRUE(now == ModelVersion(2) || first[static_cast<std::size_t>(i)] == ModelVersion(1)) << i << " went back";
  }
  holder_.set(model(2));
  for (int i = 0; i < 40; ++i) EXPECT_EQ(version_for(user(i)), ModelVersion(2));
}

TEST_F(CanaryServingTest, ImpressionsAndMetricsNameTheVersion) {
  holder_.set(model(1), model(2), 0.5);
  std::map<ModelVersion, int> answers;
  for (int i = 0; i < 40; ++i) ++answers[version_for(user(i))];
  std::map<ModelVersion, int> shown;
  for (const Event& event : shown_) ++shown[event.model_version];
  EXPECT_EQ(shown[ModelVersion(1)], 3 * answers[ModelVersion(1)]);
  EXPECT_EQ(shown[ModelVersion(2)], 3 * answers[ModelVersion(2)]);
  const auto count = [](int n) { return std::to_string(n); };
  const std::string exposed = metrics_.expose();
  const std::string name = "magpie_model_recommendation_seconds_count{role=";
  EXPECT_NE(exposed.find(name + "\"production\"} " + count(answers[ModelVersion(1)])), std::string::npos);
  EXPECT_NE(exposed.find(name + "\"canary\"} " + count(answers[ModelVersion(2)])), std::string::npos);
  EXPECT_EQ(answered(ModelRole::kCanary), static_cast<std::uint64_t>(answers[ModelVersion(2)]));
}

// Its embedding is of the other version's factors: folded in from the items, by whichever model serves.
TEST_F(CanaryServingTest, AnEmbeddingOfTheOtherVersionIsNotUsed) {
  BatchFeatures batch;
  batch.model_version = ModelVersion(2);
  batch.user_embedding = {0, 0, 1};  // Of version 2: war, whatever the items say.
  batch.history = {hash64("drama0")};
  batch.history_times = {kNow - std::chrono::hours(1)};
  batch.history_weights = {1};
  UserFeatures features;
  features.batch = batch;
  const auto profile_by = [&](std::uint64_t version) {
    return context_of(catalogue_, model(version), features)->profile.embedding;
  };
  EXPECT_EQ(profile_by(2), batch.user_embedding);
  const auto folded_in = profile_by(1);
  ASSERT_EQ(folded_in.size(), 3U);
  EXPECT_GT(folded_in[0], folded_in[2]) << "drama, as the items say";
}

}  // namespace
}  // namespace magpie::serving
