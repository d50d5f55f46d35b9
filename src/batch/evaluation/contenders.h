// Contenders: everything that is compared, trained on one set of interactions: the whole engine (candidates, then
// ranker), each of its sources by itself, and two baselines, popularity and item-kNN.
//
// The rules of a request (availability, categories, diversity) are not applied. Thread-safe; the same results whatever
// the number of threads.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "batch/evaluation/trained_models.h"
#include "batch/interactions.h"
#include "batch/train_settings.h"

namespace magpie::batch {

enum class Contender : std::uint8_t {
  kEngine,
  kCollaborative,
  kTwoTower,
  kItemToItem,
  kItemGraph,
  kContent,
  kTrending,
  kPopularity,
  kItemKnn,
};
inline constexpr std::size_t kContenders = 9;
inline constexpr Contender kBaseline = Contender::kItemKnn;  // What the others are compared with.
[[nodiscard]] std::string_view to_string(Contender contender);  // "engine", "collaborative", ...
[[nodiscard]] std::string_view describe(Contender contender);   // For a reader of the report.

using RankedList = std::vector<std::uint32_t>;  // Rows, best first, distinct, none that the user had.

struct UserRankings {
  std::array<RankedList, kContenders> lists;  // By Contender; empty of those that do not take part.
  // Of the engine's list, a number a row: the chance that it is the user's next item.
  std::vector<float> probabilities;
  RankedList candidates;  // What the ranker ordered; ascending.

  [[nodiscard]] RankedList& operator[](Contender contender) { return lists[static_cast<std::size_t>(contender)]; }
  [[nodiscard]] const RankedList& operator[](Contender contender) const {
    return lists[static_cast<std::size_t>(contender)];
  }
};

class Contenders {
 public:
  // `models` are of `train`, which must outlive the result.
  [[nodiscard]] static std::unique_ptr<const Contenders> make(const Interactions& train, TrainedModels models,
                                                              const TrainSettings& settings);
  Contenders() = default;
  Contenders(const Contenders&) = delete;
  Contenders& operator=(const Contenders&) = delete;
  virtual ~Contenders() = default;

  // Those that take part, in the order of their enumeration: the engine first, the baseline last.
  [[nodiscard]] virtual std::span<const Contender> participants() const = 0;
  // At most `depth` rows a list. Without a user: what a stranger would be shown.
  [[nodiscard]] virtual Result<UserRankings> rank(std::optional<std::size_t> train_user, std::size_t depth) const = 0;
  // TF-IDF vectors of the items, of unit length.
  [[nodiscard]] virtual const SparseMatrix& content() const = 0;
};

}  // namespace magpie::batch
