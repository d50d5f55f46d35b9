#include "model/trained_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace magpie {
namespace {

SparseMatrix sparse(std::size_t columns, std::vector<std::uint64_t> offsets, std::vector<std::uint32_t> indices) {
  SparseMatrix matrix;
  matrix.columns = columns;
  matrix.offsets = std::move(offsets);
  matrix.indices = std::move(indices);
  matrix.values.assign(matrix.indices.size(), 0.5F);
  return matrix;
}

TrainedModel sample() {
  TrainedModel model;
  model.items = {ItemId("a"), ItemId("b"), ItemId("c")};
  model.item_factors = Matrix(3, 2);
  model.item_factors.values = {1, 2, 3, 4, 5, -6};
  model.gram = Matrix(2, 2);
  model.gram.values = {35, -16, -16, 56};
  model.als_regularization = 0.05F;
  model.als_alpha = 2;
  model.als_frequency_exponent = 0.5F;
  model.item_neighbours = sparse(3, {0, 2, 2, 3}, {1, 2, 0});
  model.item_graph = sparse(3, {0, 1, 2, 3}, {2, 0, 1});
  model.content.terms = {"drama", "war"};
  model.content.idf = {1, 2};
  model.content.language = "danish";
  model.content.item_vectors = sparse(2, {0, 1, 3, 3}, {0, 0, 1});
  model.popularity = {3, 2, 1};
  model.recent_popularity = {1, 0, 0};
  for (std::size_t i = 0; i < kRankerFeatures; ++i) {
    model.ranker.weights[i] = static_cast<float>(i) - 2;
    model.ranker.scale[i] = 1 + static_cast<float>(i);
  }
  return model;
}

ErrorCode decode_error(const TrainedModel& model) { return decode_model(encode_model(model)).error().code(); }

TEST(TrainedModel, ReadsBackAsWritten) {
  for (const TrainedModel& model : {TrainedModel(), sample()}) {
    const auto decoded = decode_model(encode_model(model));
    ASSERT_TRUE(decoded.ok()) << decoded.error().to_string();
    EXPECT_EQ(*decoded, model);
    EXPECT_EQ(encode_model(*decoded), encode_model(model));
  }
}

TEST(TrainedModel, ArtifactsHaveTheirDocumentedNames) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : encode_model(sample())) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"content", "fold_in", "item_factors", "item_graph", "item_neighbours",
                                             "items", "popularity", "ranker"}));
}

TEST(TrainedModel, ArtifactsOfOtherNamesAreLeftAlone) {
  auto artifacts = encode_model(sample());
  artifacts["index"] = "someone else's";
  EXPECT_EQ(decode_model(artifacts).value(), sample());
}

TEST(TrainedModel, ChecksEveryShapeAgainstEveryOther) {
  const auto with = [](auto change) {
    TrainedModel model = sample();
    change(model);
    return decode_error(model);
  };
  const auto lost = ErrorCode::kDataLoss;
  EXPECT_EQ(with([](TrainedModel& model) { model.items.pop_back(); }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { std::swap(model.items[0], model.items[1]); }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.items[1] = model.items[0]; }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.items[0] = ItemId(); }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.item_factors = Matrix(2, 3); }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.item_graph.columns = 4; }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.item_graph.offsets.pop_back(); }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.item_factors.values.pop_back(); }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.gram = Matrix(2, 3); }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.item_neighbours.columns = 4; }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.item_neighbours.indices[0] = 3; }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.item_neighbours.offsets = {0, 2, 1, 3}; }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.item_neighbours.offsets = {1, 2, 2, 3}; }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.item_neighbours.offsets.back() = 2; }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.item_neighbours.values.pop_back(); }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.content.idf.pop_back(); }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.content.terms = {"war", "drama"}; }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.content.embedding_mean = {1}; }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.content.item_vectors = sparse(2, {0, 0}, {}); }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.popularity.pop_back(); }), lost);
  EXPECT_EQ(with([](TrainedModel& model) { model.recent_popularity.push_back(1); }), lost);
}

TEST(TrainedModel, RefusesNumbersThatAreNotFinite) {
  const float infinite = std::numeric_limits<float>::infinity();
  TrainedModel model = sample();
  model.item_factors.values[3] = std::nanf("");
  EXPECT_EQ(decode_error(model), ErrorCode::kDataLoss);
  model = sample();
  model.item_neighbours.values[0] = -infinite;
  EXPECT_EQ(decode_error(model), ErrorCode::kDataLoss);
  model = sample();
  model.als_alpha = infinite;
  EXPECT_EQ(decode_error(model), ErrorCode::kDataLoss);
  model = sample();
  model.ranker.weights[0] = infinite;
  EXPECT_EQ(decode_error(model), ErrorCode::kDataLoss);
}

TEST(TrainedModel, EachArtifactIsNeededWholeAndOfItsKind) {
  const auto whole = encode_model(sample());
  for (const auto& [name, bytes] : whole) {
    auto artifacts = whole;
    artifacts.erase(name);
    EXPECT_EQ(decode_model(artifacts).error().code(), ErrorCode::kDataLoss) << name;
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      artifacts[name] = bytes.substr(0, length);
      EXPECT_FALSE(decode_model(artifacts).ok()) << name << " " << length;
    }
    artifacts[name] = bytes + "x";
    EXPECT_EQ(decode_model(artifacts).error().code(), ErrorCode::kDataLoss) << name;
    artifacts[name] = name == "items" ? whole.at("ranker") : whole.at("items");
    EXPECT_EQ(decode_model(artifacts).error().code(), ErrorCode::kDataLoss) << name;
    artifacts[name] = bytes;
    artifacts[name][4] = 3;  // The version.
    const auto later = decode_model(artifacts);
    EXPECT_EQ(later.error().code(), ErrorCode::kFailedPrecondition) << name;
    EXPECT_NE(later.error().message().find(name), std::string::npos);
  }
}

TEST(TrainedModel, ARankerOfOtherFeaturesIsRefused) {
  auto artifacts = encode_model(sample());
  std::string& ranker = artifacts["ranker"];
  const std::string name(to_string(RankerFeature::kPopularity));
  ranker[ranker.find(name)] = 'X';
  EXPECT_EQ(decode_model(artifacts).error().code(), ErrorCode::kFailedPrecondition);
}

}  // namespace
}  // namespace magpie
