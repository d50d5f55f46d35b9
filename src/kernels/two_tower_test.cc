#include "kernels/two_tower.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/random.h"

namespace magpie {
namespace {

void fill(std::vector<float>& values, Random& random) {
  for (float& value : values) value = static_cast<float>(random.normal());
}

// Five items, two half-lives, three categories; the vectors are not the towers', which no function needs.
TwoTowerModel small_model() {
  Random random(9);
  TwoTowerModel model;
  model.half_lives = {1, 8};
  model.history_items = 3;
  model.unknown_item.resize(4);
  model.category_embeddings = Matrix(3, 2);
  const std::size_t inputs = 4 + 2 + kTowerItemFeatures;
  model.item_inputs = Matrix(5, inputs);
  model.item_vectors = Matrix(5, 6);
  for (auto* values : {&model.unknown_item, &model.category_embeddings.values, &model.item_inputs.values,
                       &model.item_vectors.values}) {
    fill(*values, random);
  }
  model.feature_scaling.mean.assign(kTowerItemFeatures, 0.5F);
  model.feature_scaling.factor.assign(kTowerItemFeatures, 2);
  model.item_tower = initial_tower<float>({inputs, 7, 6}, random);
  model.user_tower = initial_tower<float>({2 * inputs + kTowerUserFeatures, 7, 6}, random);
  model.inverse_temperature = 12;
  return model;
}

double norm(std::span<const float> vector) {
  return std::sqrt(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0));
}

TEST(TwoTower, AUserIsWhatTheTowerSaysOfTheMeans) {
  const TwoTowerModel model = small_model();
  const std::vector<ProfileItem> profile = {{3, 2, 0}, {0, 1, 1}, {4, 1, 2}, {1, 1, 3}};  // Three are looked at.
  std::vector<float> input(model.user_tower.shape.inputs);
  const std::size_t width = model.item_inputs.columns;
  for (std::size_t h = 0; h < 2; ++h) {
    float total = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const float weight = profile[i].strength * std::exp2(-profile[i].age / model.half_lives[h]);
      for (std::size_t k = 0; k < width; ++k) input[h * width + k] += weight * model.item_inputs.row(profile[i].row)[k];
      total += weight;
    }
    for (std::size_t k = 0; k < width; ++k) input[h * width + k] /= total;
  }
  input[2 * width] = std::log1p(4.0F) / std::log1p(1024.0F);      // Four items,
  input[2 * width + 1] = std::log1p(5.0F) / std::log1p(1024.0F);  // of strength 5.
  std::vector<float> hidden(7);
  std::vector<float> expected(6);
  tower_vector(model.user_tower, input, hidden, expected);

  UserVectorScratch scratch;
  std::vector<float> vector(6);
  for (int round = 0; round < 2; ++round) {  // The scratch memory carries nothing over.
    ASSERT_TRUE(two_tower_user_vector(model, profile, scratch, vector));
    for (std::size_t k = 0; k < 6; ++k) EXPECT_NEAR(vector[k], expected[k], 1e-5);
    EXPECT_NEAR(norm(vector), 1, 1e-5);
  }
}

TEST(TwoTower, ItemsThatTheModelLacksAreLeftOut) {
  const TwoTowerModel model = small_model();
  UserVectorScratch scratch;
  std::vector<float> vector(6, 7);
  EXPECT_FALSE(two_tower_user_vector(model, {}, scratch, vector));
  EXPECT_FALSE(two_tower_user_vector(model, std::vector<ProfileItem>{{5, 1, 0}}, scratch, vector));
  EXPECT_EQ(vector, std::vector<float>(6, 7));
  EXPECT_TRUE(two_tower_user_vector(model, std::vector<ProfileItem>{{99, 1, 0}, {2, 1, 1}}, scratch, vector));
}

TEST(TwoTower, ANewItemIsWhatTheTowerSaysOfItsCategoriesAndFeatures) {
  const TwoTowerModel model = small_model();
  const std::vector<std::uint32_t> categories = {0, 2, 3};  // The last one is newer than the model.
  const std::vector<float> shares(3, 1.0F / 3);
  const ItemFacts facts{.popularity = 4, .age_days = 2, .price = std::nullopt};
  std::vector<float> input(model.unknown_item);
  for (std::size_t k = 0; k < 2; ++k) {
    input.push_back((model.category_embeddings.row(0)[k] + model.category_embeddings.row(2)[k]) / 3);
  }
  for (const float feature : tower_item_features(facts)) input.push_back((feature - 0.5F) * 2);
  std::vector<float> hidden(7);
  std::vector<float> expected(6);
  tower_vector(model.item_tower, input, hidden, expected);
  std::vector<float> vector(6);
  two_tower_item_vector(model, categories, shares, facts, vector);
  for (std::size_t k = 0; k < 6; ++k) EXPECT_NEAR(vector[k], expected[k], 1e-6);
}

TEST(TwoTower, SurvivesItsBytes) {
  const TwoTowerModel model = small_model();
  const std::string bytes = encode_two_tower(model);
  const auto decoded = decode_two_tower(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.error().to_string();
  EXPECT_EQ(*decoded, model);
  EXPECT_EQ(encode_two_tower(*decoded), bytes);
}

TEST(TwoTower, RefusesAnotherVersion) {
  std::string bytes = encode_two_tower(small_model());
  bytes[4] = 2;
  EXPECT_EQ(decode_two_tower(bytes).error().code(), ErrorCode::kFailedPrecondition);
  bytes[0] = 'X';
  EXPECT_EQ(decode_two_tower(bytes).error().code(), ErrorCode::kDataLoss);
}

TEST(TwoTower, RefusesShapesThatDoNotAgree) {
  const auto refuses = [](const auto& change) {
    TwoTowerModel model = small_model();
    change(model);
    const auto decoded = decode_two_tower(encode_two_tower(model));
    return !decoded.ok() && decoded.error().code() == ErrorCode::kDataLoss;
  };
  EXPECT_TRUE(refuses([](TwoTowerModel& model) { model.half_lives = {1}; }));
  EXPECT_TRUE(refuses([](TwoTowerModel& model) { model.half_lives[1] = 0; }));
  EXPECT_TRUE(refuses([](TwoTowerModel& model) { model.history_items = 0; }));
  EXPECT_TRUE(refuses([](TwoTowerModel& model) { model.unknown_item.pop_back(); }));
  EXPECT_TRUE(refuses([](TwoTowerModel& model) { model.item_vectors = Matrix(4, 6); }));
  EXPECT_TRUE(refuses([](TwoTowerModel& model) { model.item_vectors = Matrix(5, 5); }));
  EXPECT_TRUE(refuses([](TwoTowerModel& model) { model.user_tower.values.pop_back(); }));
  EXPECT_TRUE(refuses([](TwoTowerModel& model) { model.feature_scaling.mean.clear(); }));
  EXPECT_TRUE(refuses([](TwoTowerModel& model) { model.item_tower.shape.hidden = std::size_t{1} << 62; }));
  EXPECT_TRUE(refuses([](TwoTowerModel& model) { model.inverse_temperature = std::nanf(""); }));
  EXPECT_TRUE(refuses([](TwoTowerModel& model) { model.item_inputs.values[3] = INFINITY; }));
}

// Every cut and flipped bit: an error or a model that encodes, and the sanitizers watch.
TEST(TwoTower, DamagedBytesAreAnsweredWithAnError) {
  const std::string bytes = encode_two_tower(small_model());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_two_tower(bytes.substr(0, length)).ok());
  }
  EXPECT_FALSE(decode_two_tower(bytes + '\0').ok());
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    if (const auto decoded = decode_two_tower(flipped); decoded.ok()) {
      EXPECT_EQ(encode_two_tower(*decoded), flipped);
    }
  }
}

}  // namespace
}  // namespace magpie
