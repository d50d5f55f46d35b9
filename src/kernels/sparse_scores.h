// SparseScores: sums of a few thousand rows out of millions, without an array as long as the catalogue.
//
// Open addressing with linear probing over a power of two; entries stand in order of first use, so iteration is
// deterministic. Value holds what is summed per row. Not thread-safe.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace magpie {

template <typename Value>
class SparseScores {
 public:
  struct Entry {
    std::uint32_t row = 0;
    Value value{};
  };

  explicit SparseScores(std::size_t expected = 64) : slots_(std::bit_ceil(2 * expected + 2), kEmpty) {
    entries_.reserve(expected);
  }

  // The row's value, made on first use.
  [[nodiscard]] Value& operator[](std::uint32_t row) {
    std::size_t slot = find_slot(row);
    if (slots_[slot] == kEmpty) {
      if (2 * (entries_.size() + 1) > slots_.size()) slot = grow(row);
      slots_[slot] = static_cast<std::uint32_t>(entries_.size());
      entries_.push_back({row, Value{}});
    }
    return entries_[slots_[slot]].value;
  }

  // nullptr where the row was never used.
  [[nodiscard]] const Value* find(std::uint32_t row) const {
    const std::uint32_t entry = slots_[find_slot(row)];
    return entry == kEmpty ? nullptr : &entries_[entry].value;
  }

  [[nodiscard]] std::span<const Entry> entries() const { return entries_; }

 private:
  static constexpr std::uint32_t kEmpty = ~std::uint32_t{0};

  // The slot that holds the row, or the empty one where it belongs.
  [[nodiscard]] std::size_t find_slot(std::uint32_t row) const {
    const std::size_t mask = slots_.size() - 1;
    // Fibonacci hashing: neighbouring rows spread over the table.
    std::size_t slot = ((std::uint64_t{row} * 0x9E3779B97F4A7C15U) >> 32U) & mask;
    while (slots_[slot] != kEmpty && entries_[slots_[slot]].row != row) slot = (slot + 1) & mask;
    return slot;
  }

  [[nodiscard]] std::size_t grow(std::uint32_t row) {
    slots_.assign(slots_.size() * 2, kEmpty);
    for (std::size_t entry = 0; entry < entries_.size(); ++entry) {
      slots_[find_slot(entries_[entry].row)] = static_cast<std::uint32_t>(entry);
    }
    return find_slot(row);
  }

  std::vector<std::uint32_t> slots_;  // Index into entries_, or kEmpty; at most half are used.
  std::vector<Entry> entries_;
};

}  // namespace magpie
