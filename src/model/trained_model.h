// TrainedModel: everything about items that one training run learned. Nothing in it is about a single user: what the
// run learned of users is BatchFeatures, so that erasing a user never touches a model.
//
// Published as the artifacts of one immutable model version (docs/formats/model_version.md).
// Thread-safety: immutable once built.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "model/ids.h"
#include "model/matrix.h"

namespace magpie {

inline constexpr std::string_view kEmbeddingTermPrefix = "embedding:";

// TF-IDF over title, description, categories and tags, beside the items' own vectors where they have them.
struct ContentModel {
  std::vector<std::string> terms;  // Ascending; a vector's columns.
  std::vector<float> idf;          // Per term.
  SparseMatrix item_vectors;       // A row per model item: ascending terms, unit length.
  std::string language;            // Whose stems the terms are (kernels/language.h); empty: none.
  // Where items carry vectors of their own (kernels/embedding_code.h): the mean of these. Two terms a dimension, with
  // kEmbeddingTermPrefix, are then among the terms, and no others with it.
  std::vector<float> embedding_mean;
  friend bool operator==(const ContentModel&, const ContentModel&) = default;
};

// The features of one candidate, in the order of the ranker's weights. kernels/candidate_features.h computes them.
enum class RankerFeature : std::uint8_t {
  kItemToItemShort,  // sqrt of the similarity to the last item or two of the user.
  kItemToItemLong,  // sqrt of the similarity to the last ten or so.
  kCollaborative,  // Inner product of the user's and the item's ALS factors.
  kPopularity,  // ln(1 + strength of all interactions with the item in the window).
  kContent,  // Cosine of the TF-IDF vectors of item and recent profile.
  kCategoryAffinity,  // The user's share of each of the item's categories, their mean.
  kItemGraph,  // What the user's items say of it by the item graph.
  kTwoTower,  // Cosine of the user's and the item's vectors of the two-tower network; 0 without one.
};
inline constexpr std::size_t kRankerFeatures = 8;
[[nodiscard]] std::string_view to_string(RankerFeature feature);  // "item_to_item_short", ...

struct RankerModel {
  std::array<float, kRankerFeatures> weights{};
  std::array<float, kRankerFeatures> scale{};  // A feature is divided by it first.
  friend bool operator==(const RankerModel&, const RankerModel&) = default;
};

struct TrainedModel {
  std::vector<ItemId> items;  // Ascending; position = ModelItem.
  Matrix item_factors;  // items x f.
  Matrix gram;  // f x f: sum of item_factors' outer products, for folding users in.
  float als_regularization = 0;  // What folding in needs of the training configuration.
  float als_alpha = 0;
  float als_frequency_exponent = 0;
  SparseMatrix item_neighbours;  // A row per item: neighbours by descending similarity, ties by ascending item.
  // A row per item: weights of other items given it, as item_neighbours orders them. Of a linear model that learned all
  // items of a user at once, whatever their order; the row sums over a user's items are their scores.
  SparseMatrix item_graph;
  ContentModel content;
  std::vector<float> popularity;  // Weighted interactions in the window, per item.
  std::vector<float> recent_popularity;  // The same, halved every trending half-life before trained_until.
  RankerModel ranker;
  friend bool operator==(const TrainedModel&, const TrainedModel&) = default;
};

// What a model directory says of itself.
struct ModelInfo {
  ModelVersion version;
  Timestamp created_at;
  Timestamp window_start;  // The data window, half-open.
  Timestamp window_end;
  std::uint64_t events = 0;
  std::uint64_t users = 0;
  std::uint64_t items = 0;
  std::map<std::string, double> metrics;  // "validation_ndcg@10" -> 0.05
  std::map<std::string, std::string> parameters;  // "als.factors" -> "64"
};

// Artifact name -> bytes, and back. Equal models give equal bytes. Decoding checks every shape against every other and
// every number for being finite: kDataLoss where something is wrong, kFailedPrecondition where another version of the
// program wrote it. Artifacts of other names are left alone.
using ModelArtifacts = std::map<std::string, std::string>;
// Not part of TrainedModel: the index over item_factors, in the form of the VectorIndexFactory that built it.
inline constexpr const char* kIndexArtifact = "index";
// The two-tower network (kernels/two_tower.h), where one was trained, and the index over its item vectors.
inline constexpr const char* kTwoTowerArtifact = "two_tower";
inline constexpr const char* kTwoTowerIndexArtifact = "two_tower_index";
[[nodiscard]] ModelArtifacts encode_model(const TrainedModel& model);
[[nodiscard]] Result<TrainedModel> decode_model(const ModelArtifacts& artifacts);

}  // namespace magpie
