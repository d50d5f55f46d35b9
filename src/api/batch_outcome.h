// What became of a batch, element by element: what is valid is kept, what is not is reported. Both codecs say it.
// Thread-safety: plain values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace magpie::api {

// At most this many elements a batch, of events, items and users alike.
inline constexpr std::size_t kMaxBatch = 10'000;

struct Rejection {
  std::size_t index = 0;  // In the batch as the client sent it, from 0.
  std::string field;      // Empty where the element as a whole is wrong.
  std::string reason;
};

struct BatchOutcome {
  std::size_t accepted = 0;
  std::vector<Rejection> rejected;     // Ascending by index.
  std::vector<std::string> event_ids;  // Events only: of the accepted ones, in order.
};

// A batch as far as a codec could read it. `values[i]` was element `positions[i]` of what the client sent.
template <typename T>
struct DecodedBatch {
  std::vector<T> values;
  std::vector<std::size_t> positions;  // Empty where nothing was rejected: then every position is its own.
  std::vector<Rejection> rejected;     // Elements that could not be read, ascending by index.
  std::size_t size = 0;                // Elements sent.
  bool single = false;                 // The client sent one element, not a list.

  [[nodiscard]] std::size_t position(std::size_t i) const { return positions.empty() ? i : positions[i]; }

  void accept(T value) {
    if (!rejected.empty()) positions.push_back(size);
    values.push_back(std::move(value));
    ++size;
  }
  void reject(std::string field, std::string reason) {
    if (rejected.empty()) {
      for (std::size_t i = 0; i < values.size(); ++i) positions.push_back(i);
    }
    rejected.push_back({size, std::move(field), std::move(reason)});
    ++size;
  }
};

// Joins what the codec rejected with what was rejected later, `indices` of which count `values`.
template <typename T>
void merge_rejections(const DecodedBatch<T>& batch, std::vector<Rejection> later, BatchOutcome& outcome) {
  for (Rejection& rejection : later) rejection.index = batch.position(rejection.index);
  outcome.rejected = std::move(later);
  outcome.rejected.insert(outcome.rejected.end(), batch.rejected.begin(), batch.rejected.end());
  // Unique indices: an element that was not decoded did not come so far as to be rejected later.
  std::sort(outcome.rejected.begin(), outcome.rejected.end(),
            [](const Rejection& a, const Rejection& b) { return a.index < b.index; });
}

}  // namespace magpie::api
