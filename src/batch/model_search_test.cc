#include "batch/model_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/file.h"
#include "base/random.h"
#include "batch/base_models.h"
#include "batch/held_out_ranking.h"
#include "tests/contract/temporary_directory.h"

namespace magpie::batch {
namespace {

constexpr std::uint32_t kTastes = 5;
constexpr std::uint32_t kItems = 60;  // Item i is of taste i mod kTastes.
const Timestamp kNow = from_unix_ms(1'700'000'000'000);

// Users go up the items of their taste, one by one, from anywhere; now and then somewhere else.
Interactions walks(std::size_t users) {
  Random random(5);
  Interactions interactions;
  for (std::uint32_t item = 0; item < kItems; ++item) interactions.items.emplace_back("i" + std::to_string(100 + item));
  for (std::size_t user = 0; user < users; ++user) {
    interactions.users.emplace_back("u" + std::to_string(1000 + user));
    std::vector<ProfileEvent> events;
    auto at = static_cast<std::uint32_t>(random.below(kItems));
    for (int step = 0; step < 8; ++step) {
      at = random.below(6) == 0 ? static_cast<std::uint32_t>(random.below(kItems)) : (at + kTastes) % kItems;
      events.push_back({at, kNow + std::chrono::hours(step), 1});
    }
    for (const NetPreference& preference : net_preferences(std::move(events))) {
      interactions.preferences.push_back(preference);
    }
    interactions.offsets.push_back(interactions.preferences.size());
  }
  interactions.totals.resize(users);
  interactions.events = interactions.preferences.size();
  interactions.newest = kNow + std::chrono::hours(7);
  return interactions;
}

TrainSettings poor_settings() {
  TrainSettings settings;
  settings.als.factors = 32;
  settings.als.iterations = 3;
  settings.als.regularization = 200;
  settings.item_to_item.decay = 100;
  settings.item_to_item.window = 100;
  settings.item_to_item.backward = 1;
  settings.item_to_item.shrinkage = 200;
  settings.item_graph.linear.regularization = 2000;
  settings.search = {std::chrono::hours(1), 14};
  return settings;
}

class ModelSearchTest : public testing::Test {
 protected:
  Result<ModelSearch> search(const std::function<Status()>& check = [] { return ok_status(); }) {
    return search_models(interactions_, split_, settings_, clock_, {directory_.path(), "data 1", check});
  }

  const Interactions interactions_ = walks(150);
  const HoldoutSplit split_ = hold_out_last(interactions_);
  TrainSettings settings_ = poor_settings();
  ManualClock clock_{kNow};
  contract::TemporaryDirectory directory_;
};

TEST_F(ModelSearchTest, FindsBetterParametersForEachSource) {
  const auto found = search();
  ASSERT_TRUE(found.ok()) << found.error().to_string();
  for (const std::string source : {"als", "item_to_item", "linear_autoencoder"}) {
    const std::string prefix = "search." + source + ".";
    EXPECT_EQ(found->metrics.at(prefix + "trials"), 14) << source;
    EXPECT_GT(found->metrics.at(prefix + "ndcg@10"), found->metrics.at(prefix + "start_ndcg@10")) << source;
  }
  // What comes next is what came next before: backwards says nothing here.
  EXPECT_LT(found->settings.item_to_item.backward, 1);
  EXPECT_LT(found->settings.item_graph.linear.regularization, 2000);
}

TEST_F(ModelSearchTest, TheSettingsFoundReachTheMetricThatIsReported) {
  const auto found = search();
  ASSERT_TRUE(found.ok());
  const auto base = train_base_models(interactions_.items, split_.histories, kNow, found->settings, {});
  ASSERT_TRUE(base.ok());
  const HeldOutRanking ranking(interactions_, split_, 1);
  EXPECT_DOUBLE_EQ(ranking.factors_ndcg(base->user_factors, base->model.item_factors),
                   found->metrics.at("search.als.ndcg@10"));
  EXPECT_DOUBLE_EQ(ranking.item_to_item_ndcg(base->model.item_neighbours),
                   found->metrics.at("search.item_to_item.ndcg@10"));
  EXPECT_DOUBLE_EQ(ranking.item_graph_ndcg(base->model.item_graph),
                   found->metrics.at("search.linear_autoencoder.ndcg@10"));
}

TEST_F(ModelSearchTest, GoesOnWhereItWasInterrupted) {
  const auto whole = search();
  ASSERT_TRUE(whole.ok());
  for (const char* file : {"als.jsonl", "item_to_item.jsonl", "linear_autoencoder.jsonl"}) {
    ASSERT_TRUE(magpie::remove_all(directory_.path() / file).ok());
  }
  int left = 20;
  const auto stop = [&left] { return left-- > 0 ? Status() : Status(unavailable("stopped")); };
  EXPECT_EQ(search(stop).status().error().code(), ErrorCode::kUnavailable);
  int asked = 0;
  const auto resumed = search([&asked] {
    ++asked;
    return Status();
  });
  ASSERT_TRUE(resumed.ok());
  EXPECT_EQ(asked, 3 * 14 - 20);
  EXPECT_EQ(resumed->metrics, whole->metrics);
  EXPECT_EQ(resumed->settings.als.alpha, whole->settings.als.alpha);
  EXPECT_EQ(resumed->settings.als.regularization, whole->settings.als.regularization);
}

TEST_F(ModelSearchTest, WithoutBudgetTheSettingsStay) {
  settings_.search.budget = {};
  const auto found = search([] { return Status(internal_error("nothing is tried")); });
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->settings.als.regularization, 200);
  EXPECT_TRUE(found->metrics.empty());
}

TEST_F(ModelSearchTest, WithNothingToHoldOutTheSettingsStay) {
  const auto found = search_models(walks(0), {}, settings_, clock_, {directory_.path(), "nothing", {}});
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->settings.als.regularization, 200);
  EXPECT_TRUE(found->metrics.empty());
}

TEST(HeldOutRanking, IsTheNdcgOfANaiveRanking) {
  const Interactions interactions = walks(40);
  const HoldoutSplit split = hold_out_last(interactions);
  const AlsModel model = train_als(strengths(split.histories, kItems), {.factors = 8, .iterations = 2});
  double sum = 0;
  for (const Holdout& holdout : split.holdouts) {
    const auto score = [&](std::uint32_t row) {
      const auto user = model.user_factors.row(holdout.user);
      return std::inner_product(user.begin(), user.end(), model.item_factors.row(row).begin(), 0.0F);
    };
    std::size_t before = 0;
    for (std::uint32_t row = 0; row < kItems; ++row) {
      const auto known = interactions.of(holdout.user);
      const bool is_known = std::any_of(known.begin(), known.end(), [&](const auto& k) { return k.row == row; });
      const bool ties_before = score(row) == score(holdout.row) && row < holdout.row;
      if (!is_known && (score(row) > score(holdout.row) || ties_before)) ++before;
    }
    if (before < 10) sum += 1 / std::log2(static_cast<double>(before) + 2);
  }
  const double expected = sum / static_cast<double>(split.holdouts.size());
  EXPECT_GT(expected, 0);
  for (const unsigned threads : {1U, 3U}) {
    const HeldOutRanking ranking(interactions, split, threads);
    EXPECT_NEAR(ranking.factors_ndcg(model.user_factors, model.item_factors), expected, 1e-12);
  }
}

TEST(HeldOutRanking, AnItemWithoutScoreIsNotFound) {
  const Interactions interactions = walks(40);
  const HoldoutSplit split = hold_out_last(interactions);
  const HeldOutRanking ranking(interactions, split, 1);
  SparseMatrix nothing;
  nothing.columns = kItems;
  nothing.offsets.assign(kItems + 1, 0);
  EXPECT_EQ(ranking.item_to_item_ndcg(nothing), 0);
  EXPECT_EQ(ranking.item_graph_ndcg(nothing), 0);
}

}  // namespace
}  // namespace magpie::batch
