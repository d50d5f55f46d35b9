// Merge: the candidates of all strategies as one list without duplicates. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/recommendation.h"
#include "serving/fan_out.h"

namespace magpie::serving {

// A set of Source.
class SourceSet {
 public:
  void insert(Source source) { bits_ = static_cast<std::uint8_t>(bits_ | bit(source)); }
  void insert(SourceSet other) { bits_ = static_cast<std::uint8_t>(bits_ | other.bits_); }
  [[nodiscard]] bool contains(Source source) const { return (bits_ & bit(source)) != 0; }
  // Sets of one source are in the order of Source.
  friend auto operator<=>(const SourceSet&, const SourceSet&) = default;
  // In the order of Source.
  [[nodiscard]] std::vector<Source> list() const;

 private:
  [[nodiscard]] static constexpr std::uint8_t bit(Source source) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(source));
  }
  std::uint8_t bits_ = 0;
};

struct MergedCandidate {
  ItemIndex item;
  SourceSet sources;
  float source_score = 0;  // The largest that a source gave.
  float score = 0;         // The ranker's (serving/scoring.h).
  float propensity = 1;    // Below 1 where the item was drawn (serving/cold_start).
  std::optional<CategoryIndex> explored = std::nullopt;  // The category that it was drawn for.
};

// Ascending by item, each once, with all the sources that named it.
[[nodiscard]] std::vector<MergedCandidate> merge(std::span<const StrategyReport> reports);

}  // namespace magpie::serving
