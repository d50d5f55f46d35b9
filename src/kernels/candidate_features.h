// Candidate features: the one definition of what the ranker sees of a candidate, used by the trainer that fits the
// ranker and by the serving layer that applies it, so that the two can never disagree.
//
// A taste profile is read from a user's interactions: distinct items, newest first. An item's age is its position in
// that order, from 0, where items of equal time share the mean of their positions (bulk imports and ratings on one page
// have equal times; any order among them would be noise). Sums over the profile weigh an item 2^(-age / half-life).
//
// All functions are pure and thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "kernels/sparse_scores.h"
#include "kernels/topk.h"
#include "model/matrix.h"
#include "model/trained_model.h"
#include "model/user_features.h"

namespace magpie {

struct TwoTowerModel;  // kernels/two_tower.h

inline constexpr std::size_t kMaxProfileItems = 1024;  // The newest; older ones say nothing more of a taste.
inline constexpr std::size_t kItemToItemProfileItems = 30;  // Whose neighbours are looked at.
inline constexpr std::size_t kContentProfileItems = 10;
inline constexpr std::size_t kItemGraphProfileItems = 200;
// Half-lives in positions: of the two ranker features, of the order of item-to-item candidates, of the content profile.
inline constexpr float kShortHalfLife = 1;
inline constexpr float kLongHalfLife = 10;
inline constexpr float kCandidateHalfLife = 3;
inline constexpr float kContentHalfLife = 5;

// What is known of items, a row each. Rows below model.items.size() are the model's; rows after them are items newer
// than the model, which have content and categories but no factors, neighbours or popularity.
// A view: what it refers to must outlive it.
struct ItemTable {
  const TrainedModel& model;
  const SparseMatrix& content;  // TF-IDF vectors of unit length (kernels/tfidf.h), ascending terms.
  const SparseMatrix& categories;  // append_categories()
  const TwoTowerModel* two_tower = nullptr;  // Of the same model items; null: none was trained.
};

// Appends the row of an item that has these categories: each of the n with value 1 / n.
void append_categories(SparseMatrix& matrix, std::span<const CategoryIndex> categories);

// The preference for an item that a sum of event weights stands for: log2(1 + sum), so that one view counts 1 and a
// hundred views do not count a hundred. The confidence of ALS and every profile use it. 0 for sums <= 0.
[[nodiscard]] float preference_strength(double weight_sum);

struct ProfileEvent {
  std::uint32_t row = 0;  // Of the item table.
  Timestamp time;
  double weight = 0;  // Of the event's type. Negative: a dislike, which forgets everything up to it about the item.
};

// What a user's events say of one item.
struct NetPreference {
  std::uint32_t row = 0;
  Timestamp time;  // Of the newest event with a weight.
  double weight = 0;  // Sum of the events since the last dislike; 0: disliked, or nothing said.
};
// One entry a row, newest first, ties by descending row.
[[nodiscard]] std::vector<NetPreference> net_preferences(std::vector<ProfileEvent> events);

struct ProfileItem {
  std::uint32_t row = 0;
  float strength = 0;  // preference_strength of the item's events; > 0.
  float age = 0;  // Position from the newest, ties averaged.
};

struct TasteProfile {
  std::vector<ProfileItem> items;  // Distinct rows, newest first, ties by descending row; at most kMaxProfileItems.
  std::vector<float> embedding;  // ALS factors of the user; empty where there are none: collaborative scores are 0.
};

// `embedding` is left empty.
[[nodiscard]] TasteProfile taste_profile(std::span<const NetPreference> newest_first);

// The same from stored features: the batch half, and of the real-time half what is newer than the batch half knows of
// the item. `row_of` gives the row of hash64(item id), or nothing for an item that the table lacks. `context`: an item
// being looked at, counted as the newest of all. embedding is the stored one where it belongs to `version` and nothing
// was added to it; otherwise the profile is folded in (kernels/als.h).
using RowOfHash = std::function<std::optional<std::uint32_t>(std::uint64_t id_hash)>;
[[nodiscard]] TasteProfile taste_profile(const UserFeatures& features, const EventTypes& types, const RowOfHash& row_of,
                                         const TrainedModel& model, ModelVersion version,
                                         std::optional<std::uint32_t> context = std::nullopt);

// Sets profile.embedding to the profile folded into the model; empty where the profile has no model item.
void fold_in_profile(const TrainedModel& model, TasteProfile& profile);

// Similarity sums of one row over the profile's newest items.
struct ItemToItemScore {
  float short_term = 0;  // Half-life kShortHalfLife.
  float long_term = 0;  // Half-life kLongHalfLife.
  float candidate = 0;  // Half-life kCandidateHalfLife: the order of item-to-item candidates.
  float strongest = 0;
  std::uint32_t because_of = 0;  // The profile row that contributed `strongest`, the most, to `candidate`.
};

// Everything that a profile says before any candidate is looked at; cheap enough to compute once a request
// (30 x 100 neighbours, 200 rows of the item graph, 10 content vectors, one pass through the user tower) and shared by
// the strategies and the ranker.
struct ProfileSignals {
  SparseScores<ItemToItemScore> item_to_item;  // The rows with a neighbour in the profile, profile rows included.
  SparseScores<float> item_graph;  // Sum of the item graph's rows over the newest profile items, by strength.
  std::vector<float> user_vector;  // Of the two-tower network; empty where there is no network or nothing known.
  SparseScores<float> content;  // Term -> weight, of unit length (empty: no content).
  std::vector<float> categories;  // Share of each category in the profile; sums to 1 or is all 0.
};
[[nodiscard]] ProfileSignals profile_signals(const ItemTable& table, const TasteProfile& profile);

// Item-to-item candidates, known items included, best first: by turns the next by the order of the user's items
// (ItemToItemScore::candidate) and the next by the item graph, at most `depth` of each.
[[nodiscard]] std::vector<ScoredRow> item_to_item_order(const ProfileSignals& signals, std::size_t depth);

// The profile item that says most for the row by the item graph; nothing where none does.
[[nodiscard]] std::optional<std::uint32_t> strongest_by_item_graph(const TrainedModel& model,
                                                                   const TasteProfile& profile, std::uint32_t row);

// Single features of a row; each handles rows newer than the model.
[[nodiscard]] float collaborative_score(const TrainedModel& model, const TasteProfile& profile, std::uint32_t row);
[[nodiscard]] float two_tower_score(const ItemTable& table, const ProfileSignals& signals, std::uint32_t row);
[[nodiscard]] float content_score(const ItemTable& table, const ProfileSignals& signals, std::uint32_t row);

// The profile item whose content is nearest to the row's: for "similar to X". Nothing where none shares a term.
[[nodiscard]] std::optional<std::uint32_t> nearest_by_content(const ItemTable& table, const TasteProfile& profile,
                                                              std::uint32_t row);

// rows.size() x kRankerFeatures, columns as RankerFeature orders them.
[[nodiscard]] Matrix candidate_features(const ItemTable& table, const TasteProfile& profile,
                                        const ProfileSignals& signals, std::span<const std::uint32_t> rows);

}  // namespace magpie
