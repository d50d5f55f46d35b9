#include "batch/training_files.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "batch/batch_features_file.h"
#include "tests/contract/temporary_directory.h"

namespace magpie::batch {
namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

class TrainingFiles : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return directory_.path() / name; }
  // Cuts and changes a file, at many places; whatever is read must be refused.
  template <typename Load>
  void expect_damage_is_refused(const std::filesystem::path& file, const Load& load) {
    const std::string whole = *read_file(file);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      std::ofstream(file, std::ios::binary) << whole.substr(0, size);
      EXPECT_FALSE(load(file).ok()) << size;
    }
    std::ofstream(file, std::ios::binary) << whole << "more";
    EXPECT_FALSE(load(file).ok());
    std::string other_kind = whole;
    other_kind[0] = 'X';
    std::ofstream(file, std::ios::binary) << other_kind;
    EXPECT_FALSE(load(file).ok());
  }

  contract::TemporaryDirectory directory_;
};

Interactions interactions() {
  Interactions made;
  made.users = {UserId("ann"), UserId("bob")};
  made.items = {ItemId("a"), ItemId("b"), ItemId("c")};
  made.totals = {{3, 1}, {1, 0}};
  made.offsets = {0, 2, 3};
  made.preferences = {{2, kNow, 1.5}, {0, kNow - Duration(7), 0}, {1, kNow - Duration(9), 8}};
  made.events = 4;
  made.newest = kNow;
  return made;
}

TEST_F(TrainingFiles, InteractionsComeBack) {
  ASSERT_TRUE(save_interactions(interactions(), path("file")).ok());
  const auto loaded = load_interactions(path("file"));
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  const Interactions expected = interactions();
  EXPECT_EQ(loaded->users, expected.users);
  EXPECT_EQ(loaded->items, expected.items);
  EXPECT_EQ(loaded->offsets, expected.offsets);
  EXPECT_EQ(loaded->events, expected.events);
  EXPECT_EQ(loaded->newest, expected.newest);
  ASSERT_EQ(loaded->preferences.size(), expected.preferences.size());
  for (std::size_t i = 0; i < expected.preferences.size(); ++i) {
    EXPECT_EQ(loaded->preferences[i].row, expected.preferences[i].row);
    EXPECT_EQ(loaded->preferences[i].time, expected.preferences[i].time);
    EXPECT_EQ(loaded->preferences[i].weight, expected.preferences[i].weight);
  }
  EXPECT_EQ(loaded->totals[0].purchases, 1U);
  EXPECT_EQ(loaded->totals[1].interactions, 1U);
}

TEST_F(TrainingFiles, NoInteractionsComeBackToo) {
  ASSERT_TRUE(save_interactions(Interactions(), path("file")).ok());
  const auto loaded = load_interactions(path("file"));
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_TRUE(loaded->users.empty());
}

TEST_F(TrainingFiles, DamagedInteractionsAreRefused) {
  ASSERT_TRUE(save_interactions(interactions(), path("file")).ok());
  expect_damage_is_refused(path("file"), load_interactions);
  Interactions wrong = interactions();
  wrong.preferences[0].row = 3;
  ASSERT_TRUE(save_interactions(wrong, path("file")).ok());
  EXPECT_EQ(load_interactions(path("file")).error().code(), ErrorCode::kDataLoss);
  wrong = interactions();
  wrong.offsets = {0, 3, 2};
  ASSERT_TRUE(save_interactions(wrong, path("file")).ok());
  EXPECT_EQ(load_interactions(path("file")).error().code(), ErrorCode::kDataLoss);
}

TEST_F(TrainingFiles, ItemsComeBack) {
  Item full;
  full.id = ItemId("a");
  full.title = "Kolya";
  full.description = "A bachelor is left with a boy.";
  full.categories = {"comedy", "drama"};
  full.tags = {"prague"};
  full.price = 9.5;
  full.created_at = kNow;
  full.available = false;
  full.editorial = true;
  full.embedding = {0.5F, -1};
  Item bare;
  bare.id = ItemId("b");
  const std::vector<Item> items{full, bare};
  ASSERT_TRUE(save_items(items, path("file")).ok());
  const auto loaded = load_items(path("file"));
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_EQ(*loaded, items);
  expect_damage_is_refused(path("file"), load_items);
}

TEST_F(TrainingFiles, BaseModelsComeBack) {
  BaseModels models;
  models.model.items = {ItemId("a"), ItemId("b")};
  models.model.item_factors = Matrix(2, 3);
  models.model.item_factors.values = {1, 2, 3, 4, 5, 6};
  models.model.gram = Matrix(3, 3);
  models.model.item_neighbours.columns = 2;
  models.model.item_neighbours.offsets = {0, 1, 1};
  models.model.item_neighbours.indices = {1};
  models.model.item_neighbours.values = {0.5F};
  models.model.item_graph = models.model.item_neighbours;
  models.model.popularity = {1, 2};
  models.model.recent_popularity = {0.5F, 1};
  models.user_factors = Matrix(1, 3);
  models.user_factors.values = {7, 8, 9};
  ASSERT_TRUE(save_base_models(models, path("models")).ok());
  const auto loaded = load_base_models(path("models"));
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_EQ(loaded->user_factors, models.user_factors);
  EXPECT_EQ(loaded->model.item_factors, models.model.item_factors);
  EXPECT_EQ(loaded->model.item_neighbours, models.model.item_neighbours);
  EXPECT_EQ(loaded->model.item_graph, models.model.item_graph);
  std::filesystem::remove(path("models") / "user_factors");
  EXPECT_EQ(load_base_models(path("models")).error().code(), ErrorCode::kDataLoss);
}

TEST_F(TrainingFiles, ModelInfoComesBackToTheBit) {
  ModelInfo info;
  info.created_at = kNow;
  info.window_start = kNow - std::chrono::days(90);
  info.window_end = kNow + Duration(1);
  info.events = 17;
  info.metrics = {{"holdout_ndcg@10", 1.0 / 3}};
  info.parameters = {{"als.factors", "64"}};
  ASSERT_TRUE(save_model_info(info, path("file")).ok());
  const auto loaded = load_model_info(path("file"));
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->metrics, info.metrics);
  EXPECT_EQ(loaded->parameters, info.parameters);
  EXPECT_EQ(loaded->window_end, info.window_end);
  EXPECT_EQ(loaded->events, 17U);
  std::ofstream(path("file")) << "{";
  EXPECT_EQ(load_model_info(path("file")).error().code(), ErrorCode::kDataLoss);
}

TEST_F(TrainingFiles, ChoicesComeBack) {
  const TrainingChoices choices{{{"item_graph.method", "graph_filter"}},
                                {{"validation_ndcg@10.graph_filter", 1.0 / 3}}};
  ASSERT_TRUE(save_choices(choices, path("file")).ok());
  const auto loaded = load_choices(path("file"));
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(*loaded, choices);
  std::ofstream(path("file")) << R"({"parameters": {"item_graph.method": 1}, "metrics": {}})";
  EXPECT_EQ(load_choices(path("file")).error().code(), ErrorCode::kDataLoss);
}

TEST_F(TrainingFiles, BatchFeaturesComeInPieces) {
  std::vector<UserBatchFeatures> written;
  BatchFeaturesWriter writer(path("file"));
  for (int user = 0; user < 5; ++user) {
    BatchFeatures features;
    features.total_purchases = static_cast<std::uint32_t>(user);
    features.user_embedding = {1, 2};
    features.preferred_categories = {"drama"};
    written.emplace_back(UserId("u" + std::to_string(user)), features);
    writer.add(written.back().first, features);
  }
  ASSERT_TRUE(writer.finish().ok());
  std::vector<UserBatchFeatures> read;
  std::vector<std::size_t> pieces;
  double last = 0;
  const auto collect = [&](std::span<UserBatchFeatures> users, double fraction) {
    pieces.push_back(users.size());
    read.insert(read.end(), users.begin(), users.end());
    last = fraction;
    return ok_status();
  };
  ASSERT_TRUE(read_batch_features(path("file"), 2, collect).ok());
  EXPECT_EQ(read, written);
  EXPECT_EQ(pieces, (std::vector<std::size_t>{2, 2, 1}));
  EXPECT_EQ(last, 1);
  const auto stop = [](std::span<UserBatchFeatures>, double) -> Status { return unavailable("stop"); };
  EXPECT_EQ(read_batch_features(path("file"), 2, stop).error().code(), ErrorCode::kUnavailable);
  const std::string whole = *read_file(path("file"));
  std::ofstream(path("file"), std::ios::binary) << whole.substr(0, whole.size() - 3);
  EXPECT_EQ(read_batch_features(path("file"), 2, collect).error().code(), ErrorCode::kDataLoss);
}

}  // namespace
}  // namespace magpie::batch
