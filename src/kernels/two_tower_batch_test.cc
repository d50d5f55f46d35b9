#include "kernels/two_tower_batch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace magpie {
namespace {

// Items 0 to 9; each user's items oldest first, all at different times.
TwoTowerData data_of(const std::vector<std::vector<std::uint32_t>>& users) {
  TwoTowerData data;
  data.item_features = Matrix(10, 1);
  data.item_categories.columns = 1;
  data.item_categories.offsets.assign(11, 0);
  for (const std::vector<std::uint32_t>& rows : users) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      data.events.push_back({rows[i], 1, static_cast<float>(rows.size() - 1 - i)});
    }
    data.offsets.push_back(data.events.size());
  }
  return data;
}

BatchParameters small_parameters() { return {.half_lives = {1, 4}, .history_items = 3}; }

TwoTowerBatchMaker maker_of(const TwoTowerData& data, const BatchParameters& parameters = small_parameters()) {
  return {data, parameters, target_shares(data, {})};
}

TEST(SampleExamples, AreAllButTheFirstEventAndTheHeldOut) {
  const TwoTowerData data = data_of({{1, 2, 3, 4}, {5}, {}, {6, 7}});
  Random random(1);
  const auto sorted = [&](std::size_t held_out) {
    auto examples = sample_examples(data, {.held_out = held_out}, random);
    std::ranges::sort(examples, {}, [](const TwoTowerExample& e) { return std::pair(e.user, e.target); });
    return examples;
  };
  EXPECT_EQ(sorted(0), (std::vector<TwoTowerExample>{{0, 1}, {0, 2}, {0, 3}, {3, 1}}));
  EXPECT_EQ(sorted(1), (std::vector<TwoTowerExample>{{0, 1}, {0, 2}}));
}

TEST(SampleExamples, KeepTheBoundsAndDrawAnew) {
  std::vector<std::uint32_t> many(10);
  std::iota(many.begin(), many.end(), 0U);
  const TwoTowerData data = data_of({many, many, many});
  Random random(2);
  std::set<std::uint32_t> drawn;
  for (int epoch = 0; epoch < 50; ++epoch) {
    const auto examples = sample_examples(data, {.per_user = 2}, random);
    std::map<std::uint32_t, std::set<std::uint32_t>> of_user;
    for (const TwoTowerExample& example : examples) of_user[example.user].insert(example.target);
    ASSERT_EQ(of_user.size(), 3U);
    for (const auto& [user, targets] : of_user) {
      ASSERT_EQ(targets.size(), 2U);
      drawn.insert(targets.begin(), targets.end());
    }
  }
  EXPECT_EQ(drawn.size(), 9U);
  EXPECT_EQ(sample_examples(data, {.per_epoch = 4}, random).size(), 4U);
}

TEST(TargetShares, AreWhatSamplingGivesOnAverage) {
  const TwoTowerData data = data_of({{0, 1, 2, 3, 4}, {5, 1}, {6}});
  const ExampleSampling sampling{.per_user = 2};
  const std::vector<double> shares = target_shares(data, sampling);
  EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1, 1e-12);
  std::vector<double> counted(10);
  Random random(3);
  constexpr int kEpochs = 20'000;
  for (int epoch = 0; epoch < kEpochs; ++epoch) {
    for (const TwoTowerExample& example : sample_examples(data, sampling, random)) {
      counted[data.of(example.user)[example.target].row] += 1.0 / (3 * kEpochs);
    }
  }
  for (std::size_t item = 0; item < 10; ++item) EXPECT_NEAR(shares[item], counted[item], 0.01) << item;
  EXPECT_EQ(target_shares(data_of({{1}, {}}), sampling), std::vector<double>(10));
}

TEST(ProfileBefore, IsTheProfileOfThatMoment) {
  // Times 0, 1, 1, 1, 2: ages as taste_profile() gives them to the whole.
  const std::vector<ProfileItem> events = {{0, 1, 4}, {1, 2, 2}, {2, 3, 2}, {3, 4, 2}, {4, 5, 0}};
  const auto ages = [&](std::size_t count, std::size_t most) {
    std::vector<ProfileItem> profile;
    profile_before(events, count, most, profile);
    std::vector<std::pair<std::uint32_t, float>> result;
    for (const ProfileItem& item : profile) result.emplace_back(item.row, item.age);
    return result;
  };
  using Ages = std::vector<std::pair<std::uint32_t, float>>;
  EXPECT_EQ(ages(5, 10), (Ages{{4, 0}, {3, 2}, {2, 2}, {1, 2}, {0, 4}}));
  EXPECT_EQ(ages(4, 10), (Ages{{3, 1}, {2, 1}, {1, 1}, {0, 3}}));
  // What is left of the three that are tied shares the mean of two positions.
  EXPECT_EQ(ages(3, 10), (Ages{{2, 0.5F}, {1, 0.5F}, {0, 2}}));
  EXPECT_EQ(ages(2, 10), (Ages{{1, 0}, {0, 1}}));
  EXPECT_EQ(ages(1, 10), (Ages{{0, 0}}));
  EXPECT_EQ(ages(0, 10), Ages{});
  EXPECT_EQ(ages(5, 2), (Ages{{4, 0}, {3, 2}}));
}

TEST(TwoTowerBatchMaker, HistoriesHoldOnlyWhatWasBefore) {
  const TwoTowerData data = data_of({{9, 8, 7, 6, 5}, {8, 4}});
  const TwoTowerBatch batch = maker_of(data).make_histories(std::vector<TwoTowerExample>{{0, 4}, {1, 1}, {0, 1}});
  const PooledHistories& histories = batch.histories;
  ASSERT_EQ(histories.offsets, (std::vector<std::uint64_t>{0, 3, 4, 5}));
  std::vector<std::uint32_t> rows;
  for (const std::uint32_t entry : histories.entries) rows.push_back(histories.items[entry]);
  EXPECT_EQ(rows, (std::vector<std::uint32_t>{6, 7, 8, 8, 9}));  // The newest three of four.
  EXPECT_EQ(histories.items.size(), 4U);
  ASSERT_EQ(histories.weights.size(), 10U);
  EXPECT_NEAR(histories.weights[0], 4.0 / 7, 1e-6);  // Half-life 1: 1, 1/2, 1/4.
  EXPECT_NEAR(histories.weights[2], 2.0 / 7, 1e-6);
  EXPECT_NEAR(histories.weights[1], 1 / (1 + std::exp2(-0.25) + std::exp2(-0.5)), 1e-6);
  EXPECT_EQ(histories.weights[6], 1);
  // Of all that was before, not of the newest three.
  EXPECT_NEAR(batch.user_features(0, 0), std::log1p(4.0) / std::log1p(1024.0), 1e-6);
}

TEST(TwoTowerBatchMaker, ColumnsAreDistinctAndWhatTheUserHasIsMasked) {
  const TwoTowerData data = data_of({{1, 2, 3}, {2, 3}, {4, 2}});
  IndexLists hard;
  hard.indices = {7, 9, 3, 7};  // Item 3 is a positive of others: it is there already.
  hard.offsets = {0, 1, 1, 4};
  Random random(4);
  const std::vector<TwoTowerExample> examples = {{0, 2}, {1, 1}, {2, 1}, {0, 1}};
  const TwoTowerBatch batch = maker_of(data).make(examples, hard, random);
  EXPECT_EQ(batch.columns, (std::vector<std::uint32_t>{3, 2, 7, 9}));
  EXPECT_EQ(batch.id_rows, batch.columns);
  const SoftmaxColumns& softmax = batch.softmax;
  ASSERT_EQ(softmax.log_probabilities.size(), 2U);
  EXPECT_EQ(softmax.certain.indices, (std::vector<std::uint32_t>{0, 2, 0, 1, 3, 0, 2, 1, 2}));
  EXPECT_EQ(softmax.certain.offsets, (std::vector<std::uint64_t>{0, 2, 3, 7, 9}));
  EXPECT_EQ(softmax.masked.indices, (std::vector<std::uint32_t>{1, 1, 0}));
  EXPECT_EQ(softmax.masked.offsets, (std::vector<std::uint64_t>{0, 1, 2, 2, 3}));
  // Users 0 and 1 had item 2 before; user 0 had item 3 later.
  // Of four targets half are item 2 and half item 3; to each example there are three others.
  EXPECT_NEAR(softmax.log_probabilities[0], std::log(1 - std::pow(0.5, 3)), 1e-6);
}

TEST(TwoTowerBatchMaker, HidesIdsAsOftenAsAskedFor) {
  std::vector<std::uint32_t> rows(10);
  std::iota(rows.begin(), rows.end(), 0U);
  const TwoTowerData data = data_of({rows});
  BatchParameters hiding = small_parameters();
  hiding.unknown_probability = 0.25;
  TwoTowerBatchMaker maker = maker_of(data, hiding);
  std::vector<TwoTowerExample> examples;
  for (std::uint32_t target = 1; target < 10; ++target) examples.push_back({0, target});
  Random random(5);
  std::size_t hidden = 0;
  for (int i = 0; i < 1000; ++i) {
    const TwoTowerBatch batch = maker.make(examples, {}, random);
    hidden += static_cast<std::size_t>(std::ranges::count(batch.id_rows, 10U));
  }
  EXPECT_NEAR(static_cast<double>(hidden), 0.25 * 9000, 150);
}

TEST(TwoTowerBatchMaker, LeavesItemsOfHistoriesOutButNotAll) {
  const TwoTowerData data = data_of({{1, 2, 3, 4}});
  BatchParameters dropping = small_parameters();
  dropping.history_dropout = 0.5;
  TwoTowerBatchMaker maker = maker_of(data, dropping);
  Random random(7);
  std::map<std::uint32_t, int> kept;
  const std::vector<TwoTowerExample> examples(1000, {0, 3});
  const TwoTowerBatch batch = maker.make(examples, {}, random);
  for (const std::uint32_t entry : batch.histories.entries) ++kept[batch.histories.items[entry]];
  EXPECT_NEAR(kept[1], 500, 60);
  EXPECT_NEAR(kept[2], 500, 60);
  EXPECT_NEAR(kept[3], 625, 60);  // Also where all would go.
  EXPECT_EQ(maker.make_histories(examples).histories.entries.size(), 3000U);
  float sum = 0;  // Of what is left the weights sum to 1 still.
  for (std::size_t i = 0; i < batch.histories.weights.size(); i += 2) sum += batch.histories.weights[i];
  EXPECT_NEAR(sum, 1000, 0.1);
}

TEST(TwoTowerBatchMaker, KnowsNothingOfWhatIsHeldOut) {
  const TwoTowerData data = data_of({{1, 2, 3}, {4, 3, 5}});
  BatchParameters holding = small_parameters();
  holding.held_out = 1;
  Random random(8);
  const TwoTowerBatch batch = maker_of(data, holding).make(std::vector<TwoTowerExample>{{0, 1}, {1, 1}}, {}, random);
  EXPECT_EQ(batch.columns, (std::vector<std::uint32_t>{2, 3}));
  EXPECT_TRUE(batch.softmax.masked.indices.empty());  // Item 3 is the first user's, but held out.
}

TEST(TwoTowerBatchMaker, ABatchLeavesNothingForTheNextOne) {
  const TwoTowerData data = data_of({{1, 2, 3}, {5, 6}});
  TwoTowerBatchMaker used = maker_of(data);
  Random random(6);
  (void)used.make(std::vector<TwoTowerExample>{{1, 1}, {0, 1}}, {}, random);
  const std::vector<TwoTowerExample> examples = {{0, 2}, {1, 1}};
  const TwoTowerBatch again = used.make(examples, {}, random);
  const TwoTowerBatch fresh = maker_of(data).make(examples, {}, random);
  EXPECT_EQ(again.columns, fresh.columns);
  EXPECT_EQ(again.histories.items, fresh.histories.items);
  EXPECT_EQ(again.histories.entries, fresh.histories.entries);
  EXPECT_EQ(again.softmax.masked.indices, fresh.softmax.masked.indices);
}

}  // namespace
}  // namespace magpie
