#include "kernels/item_similarity.h"

#include <algorithm>
#include <cmath>

#include "kernels/neighbour_lists.h"
#include "kernels/parallel_for.h"
#include "kernels/topk.h"

namespace magpie {
namespace {

constexpr std::size_t kRun = 16;  // Items that a thread takes at once.

// Where each item occurs: for each item the users and the places in their sequences.
struct Occurrences {
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint32_t> users;
  std::vector<std::uint64_t> places;

  [[nodiscard]] float count(std::size_t item) const { return static_cast<float>(offsets[item + 1] - offsets[item]); }
};

Occurrences occurrences_of(const ItemSequences& sequences) {
  Occurrences found{std::vector<std::uint64_t>(sequences.items + 1),
                    std::vector<std::uint32_t>(sequences.sequence.size()),
                    std::vector<std::uint64_t>(sequences.sequence.size())};
  for (const std::uint32_t item : sequences.sequence) ++found.offsets[item + 1];
  for (std::size_t item = 0; item < sequences.items; ++item) found.offsets[item + 1] += found.offsets[item];
  std::vector<std::uint64_t> next(found.offsets.begin(), found.offsets.end() - 1);
  for (std::size_t user = 0; user + 1 < sequences.offsets.size(); ++user) {
    for (std::uint64_t place = sequences.offsets[user]; place < sequences.offsets[user + 1]; ++place) {
      const std::uint64_t to = next[sequences.sequence[place]]++;
      found.users[to] = static_cast<std::uint32_t>(user);
      found.places[to] = place;
    }
  }
  return found;
}

// Sums one item's co-occurrences at a time; one for each thread, since it owns the scratch memory.
class RowCounter {
 public:
  RowCounter(const ItemSequences& sequences, const Occurrences& occurrences, const ItemSimilarityParameters& parameters)
      : sequences_(sequences), occurrences_(occurrences), parameters_(parameters), counts_(sequences.items) {}

  [[nodiscard]] std::vector<ScoredRow> neighbours_of(std::uint32_t item) {
    for (std::uint64_t i = occurrences_.offsets[item]; i < occurrences_.offsets[item + 1]; ++i) {
      count_after(occurrences_.places[i], sequences_.offsets[occurrences_.users[i] + 1]);
      count_before(occurrences_.places[i], sequences_.offsets[occurrences_.users[i]]);
    }
    return take_neighbours(item);
  }

 private:
  void count_after(std::uint64_t place, std::uint64_t end) {
    for (std::uint64_t other = place + 1; other < end && add(place, other); ++other) {
    }
  }

  void count_before(std::uint64_t place, std::uint64_t begin) {
    for (std::uint64_t other = place; other > begin && add(place, other - 1); --other) {
    }
  }

  // False when `other` is outside the window.
  bool add(std::uint64_t place, std::uint64_t other) {
    const float distance = sequences_.positions[other] - sequences_.positions[place];
    if (std::abs(distance) > parameters_.window) return false;
    const float direction = distance > 0 ? 1 : distance < 0 ? parameters_.backward : (1 + parameters_.backward) / 2;
    const float weight = direction * std::exp(-std::abs(distance) / parameters_.decay);
    float& count = counts_[sequences_.sequence[other]];
    if (count == 0 && weight > 0) touched_.push_back(sequences_.sequence[other]);
    count += weight;
    return true;
  }

  // Normalises, keeps the nearest, and clears the scratch.
  [[nodiscard]] std::vector<ScoredRow> take_neighbours(std::uint32_t item) {
    const float source = occurrences_.count(item) + parameters_.shrinkage;
    std::vector<ScoredRow> found;
    found.reserve(touched_.size());
    for (const std::uint32_t other : touched_) {
      const float target = std::sqrt(occurrences_.count(other) + parameters_.shrinkage);
      found.push_back({other, counts_[other] / (source * target)});
      counts_[other] = 0;
    }
    touched_.clear();
    keep_top(found, parameters_.neighbours);
    return found;
  }

  const ItemSequences& sequences_;
  const Occurrences& occurrences_;
  const ItemSimilarityParameters& parameters_;
  std::vector<float> counts_;  // Per item; all 0 between two items.
  std::vector<std::uint32_t> touched_;
};

}  // namespace

SparseMatrix similar_items(const ItemSequences& sequences, const ItemSimilarityParameters& parameters) {
  const Occurrences occurrences = occurrences_of(sequences);
  std::vector<std::vector<ScoredRow>> rows(sequences.items);
  parallel_for_with(rows.size(), kRun, parameters.threads, [&] {
    return [&, counter = RowCounter(sequences, occurrences, parameters)](std::size_t item) mutable {
      rows[item] = counter.neighbours_of(static_cast<std::uint32_t>(item));
    };
  });
  return neighbour_matrix(rows);
}

}  // namespace magpie
