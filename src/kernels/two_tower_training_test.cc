#include "kernels/two_tower_training.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace magpie {
namespace {

constexpr std::size_t kItems = 40;

// Users walk through the items of one of four groups: the item after i is i + 4. Item i has category i % 4.
TwoTowerData walks(std::size_t users, std::size_t length) {
  TwoTowerData data;
  data.item_features = Matrix(kItems, kTowerItemFeatures);
  data.item_categories.columns = 4;
  for (std::uint32_t item = 0; item < kItems; ++item) {
    const CategoryIndex category(item % 4);
    append_categories(data.item_categories, {&category, 1});
    data.item_features.row(item)[0] = static_cast<float>(item % 3);
  }
  for (std::size_t user = 0; user < users; ++user) {
    for (std::size_t i = 0; i < length; ++i) {
      const auto row = static_cast<std::uint32_t>((user + 4 * i) % kItems);
      data.events.push_back({row, 1, static_cast<float>(length - 1 - i)});
    }
    data.offsets.push_back(data.events.size());
  }
  return data;
}

TwoTowerTrainingParameters small_parameters() {
  TwoTowerTrainingParameters parameters;
  parameters.id_dimensions = 8;
  parameters.category_dimensions = 4;
  parameters.hidden = 32;
  parameters.dimensions = 16;
  parameters.half_lives = {1, 5};
  parameters.history_items = 10;
  parameters.batch = 32;
  parameters.epochs = 10;
  parameters.history_dropout = 0;
  parameters.hard_negatives.per_user = 4;
  parameters.adam.learning_rate = 0.01;
  parameters.threads = 1;
  return parameters;
}

TEST(TwoTowerTraining, LearnsWhatComesNext) {
  TwoTowerTrainingParameters parameters = small_parameters();
  parameters.epochs = 30;
  parameters.patience = 30;
  const TwoTowerTraining training = train_two_tower(walks(120, 6), parameters);
  const HeldOutMetrics& best = training.epochs[training.best_epoch - 1].held_out;
  EXPECT_EQ(best.users, 120U);
  EXPECT_GT(best.hit_rate, 0.99);
  EXPECT_GT(best.ndcg, 0.95);
  EXPECT_LT(training.epochs.back().loss, 0.3 * training.epochs.front().loss);
}

TEST(TwoTowerTraining, TheModelIsThatOfTheBestEpoch) {
  TwoTowerTrainingParameters parameters = small_parameters();
  const TwoTowerData data = walks(60, 6);
  parameters.patience = 100;
  const TwoTowerTraining training = train_two_tower(data, parameters);
  ASSERT_EQ(training.epochs.size(), parameters.epochs);
  const auto ndcg = [](const TwoTowerEpoch& epoch) { return epoch.held_out.ndcg; };
  const auto best = std::ranges::max_element(training.epochs, {}, ndcg);
  EXPECT_EQ(training.best_epoch, static_cast<std::size_t>(best - training.epochs.begin()) + 1);

  // The oracle: each user's held-out item among all items that the user has not, by the model as it is served.
  UserVectorScratch scratch;
  std::vector<float> vector(parameters.dimensions);
  double hits = 0;
  for (std::size_t user = 0; user < data.users(); ++user) {
    const auto events = data.of(user);
    std::vector<ProfileItem> profile;
    for (std::size_t i = events.size() - 1; i > 0; --i) {
      profile.push_back(events[i - 1]);
      profile.back().age -= 1;
    }
    ASSERT_TRUE(two_tower_user_vector(training.model, profile, scratch, vector));
    std::vector<float> scores(kItems);
    for (std::size_t item = 0; item < kItems; ++item) {
      const auto row = training.model.item_vectors.row(item);
      scores[item] = std::inner_product(row.begin(), row.end(), vector.begin(), 0.0F);
    }
    for (const ProfileItem& item : profile) scores[item.row] = -2;
    const float wanted = scores[events.back().row];
    if (std::ranges::count_if(scores, [&](float score) { return score > wanted; }) < 10) ++hits;
  }
  EXPECT_NEAR(hits / 60, best->held_out.hit_rate, 1.01 / 60);  // A tie may fall either way.
}

TEST(TwoTowerTraining, EndsWhenNothingGetsBetter) {
  TwoTowerTrainingParameters parameters = small_parameters();
  parameters.epochs = 200;
  parameters.patience = 2;
  const TwoTowerTraining training = train_two_tower(walks(60, 6), parameters);
  EXPECT_LT(training.epochs.size(), 200U);
  EXPECT_EQ(training.epochs.size(), training.best_epoch + 2);
}

TEST(TwoTowerTraining, WithoutValidationTheLastEpochIsTheModel) {
  TwoTowerTrainingParameters parameters = small_parameters();
  parameters.validate = false;
  parameters.epochs = 4;
  std::vector<std::size_t> reports;
  const auto report = [&reports](std::size_t done, std::size_t of) {
    EXPECT_EQ(of, 4U);
    reports.push_back(done);
  };
  const TwoTowerTraining training = train_two_tower(walks(20, 5), parameters, {report, {}});
  EXPECT_EQ(training.best_epoch, 4U);
  EXPECT_EQ(reports, (std::vector<std::size_t>{1, 2, 3, 4}));
  EXPECT_EQ(training.epochs.back().held_out.users, 0U);
}

TEST(TwoTowerTraining, EndsWhenToldTo) {
  const TwoTowerTrainingParameters parameters = small_parameters();
  const TwoTowerData data = walks(60, 6);
  std::size_t done = 0;
  const auto report = [&done](std::size_t epoch, std::size_t) { done = epoch; };
  const TwoTowerTraining training = train_two_tower(data, parameters, {report, [&done] { return done == 2; }});
  EXPECT_EQ(training.epochs.size(), 2U);
  EXPECT_EQ(training.model.items(), kItems);
  EXPECT_EQ(train_two_tower(data, parameters, {{}, [] { return true; }}).best_epoch, 0U);
}

TEST(TwoTowerTraining, HasTheSameBytesWhateverTheThreads) {
  TwoTowerTrainingParameters parameters = small_parameters();
  parameters.epochs = 3;
  const TwoTowerData data = walks(70, 6);
  const std::string alone = encode_two_tower(train_two_tower(data, parameters).model);
  for (const unsigned threads : {2U, 3U}) {
    parameters.threads = threads;
    EXPECT_EQ(encode_two_tower(train_two_tower(data, parameters).model), alone) << threads << " threads";
  }
  parameters.seed = 43;
  EXPECT_NE(encode_two_tower(train_two_tower(data, parameters).model), alone);
}

TEST(TwoTowerTraining, AnItemThatTheModelHasNotSeenIsPlacedByItsCategory) {
  TwoTowerTrainingParameters parameters = small_parameters();
  parameters.epochs = 20;
  parameters.patience = 20;
  parameters.unknown_probability = 0.3;
  const TwoTowerModel model = train_two_tower(walks(120, 6), parameters).model;
  std::vector<float> vector(parameters.dimensions);
  for (std::uint32_t category = 0; category < 4; ++category) {
    const float share = 1;
    two_tower_item_vector(model, {&category, 1}, {&share, 1}, {}, vector);
    std::array<float, 4> similarity{};
    for (std::size_t item = 0; item < kItems; ++item) {
      const auto row = model.item_vectors.row(item);
      similarity[item % 4] += std::inner_product(row.begin(), row.end(), vector.begin(), 0.0F);
    }
    EXPECT_EQ(std::ranges::max_element(similarity) - similarity.begin(), category);
  }
}

TEST(TwoTowerTraining, NothingToLearnFromIsNoFailure) {
  TwoTowerTrainingParameters parameters = small_parameters();
  parameters.epochs = 2;
  for (const bool validate : {false, true}) {
    parameters.validate = validate;
    for (const std::size_t length : {0U, 1U, 2U}) {
      const TwoTowerTraining training = train_two_tower(walks(3, length), parameters);
      EXPECT_EQ(training.model.items(), kItems);
      EXPECT_TRUE(decode_two_tower(encode_two_tower(training.model)).ok());
    }
  }
}

TEST(HardNegatives, AreTheNearestThatTheUserHasNot) {
  const TwoTowerData data = walks(12, 6);
  const SparseMatrix& categories = data.item_categories;
  const TowerItems items{categories, data.item_features};
  TwoTowerShape shape{kItems, 4, 8, 4, kTowerItemFeatures, 1, kTowerUserFeatures, 16, 8};
  Random random(7);
  const auto parameters = initial_parameters<float>(shape, 0.1, random);
  ShardTeam team(2);
  TwoTowerBatchMaker maker(data, {{3}, 10, 0}, target_shares(data, {}));
  TwoTowerScorer scorer(items, maker, team);
  const RowMatrix<float> vectors = all_item_vectors(parameters, items, team);
  const IndexLists hard = mine_hard_negatives(data, parameters, vectors, 1, {.per_user = 5}, scorer, random);
  ASSERT_EQ(hard.size(), data.users());

  for (std::uint32_t user = 0; user < data.users(); ++user) {
    TwoTowerNetwork<float> network(items, team);
    RowMatrix<float> vector;
    network.user_vectors(parameters, maker.make_histories(std::vector<TwoTowerExample>{{user, 5}}), vector);
    const auto score = [&](std::uint32_t item) { return vector.row(0).dot(vectors.row(item)); };
    std::optional<float> worst;
    for (const std::uint32_t item : hard.of(user)) worst = std::min(worst.value_or(2), score(item));
    std::size_t nearer = 0;
    for (std::uint32_t item = 0; item < kItems; ++item) {
      const auto is_row = [item](const ProfileItem& event) { return event.row == item; };
      const bool has = std::ranges::any_of(data.of(user).first(5), is_row);
      EXPECT_FALSE(has && std::ranges::count(hard.of(user), item) > 0);
      if (!has && score(item) > *worst + 1e-6F) ++nearer;
    }
    EXPECT_LE(nearer, 4U);
    EXPECT_EQ(hard.of(user).size(), 5U);
  }
}

TEST(HardNegatives, ComeFromADrawnPoolWhereItemsAreMany) {
  const TwoTowerData data = walks(5, 4);
  const TowerItems items{data.item_categories, data.item_features};
  TwoTowerShape shape{kItems, 4, 8, 4, kTowerItemFeatures, 1, kTowerUserFeatures, 16, 8};
  Random random(7);
  const auto parameters = initial_parameters<float>(shape, 0.1, random);
  ShardTeam team(1);
  TwoTowerBatchMaker maker(data, {{3}, 10, 0}, target_shares(data, {}));
  TwoTowerScorer scorer(items, maker, team);
  const RowMatrix<float> vectors = all_item_vectors(parameters, items, team);
  const IndexLists hard =
      mine_hard_negatives(data, parameters, vectors, 0, {.per_user = 30, .pool = 10}, scorer, random);
  for (std::size_t user = 0; user < data.users(); ++user) EXPECT_LE(hard.of(user).size(), 10U);
  EXPECT_GT(hard.indices.size(), 0U);
}

}  // namespace
}  // namespace magpie
