// IdHashSet: a set of 64-bit id hashes, built once a request and probed for every candidate.
//
// The hashes are uniform already, so a slot is a hash's low bits: linear probing, at most half full. Not thread-safe
// while it is filled.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace magpie::serving {

class IdHashSet {
 public:
  // Room for `capacity` insertions; no more are allowed.
  explicit IdHashSet(std::size_t capacity = 0) : slots_(std::bit_ceil(2 * capacity + 2), kEmpty) {}

  void insert(std::uint64_t hash) {
    if (hash == kEmpty) {
      has_empty_ = true;
      return;
    }
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != kEmpty && slots_[slot] != hash) slot = (slot + 1) & (slots_.size() - 1);
    if (slots_[slot] == kEmpty) ++size_;
    slots_[slot] = hash;
  }

  [[nodiscard]] bool contains(std::uint64_t hash) const {
    if (hash == kEmpty) return has_empty_;
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != kEmpty && slots_[slot] != hash) slot = (slot + 1) & (slots_.size() - 1);
    return slots_[slot] == hash;
  }

  [[nodiscard]] std::size_t size() const { return size_ + (has_empty_ ? 1U : 0U); }

 private:
  static constexpr std::uint64_t kEmpty = 0;
  std::vector<std::uint64_t> slots_;
  std::size_t size_ = 0;
  bool has_empty_ = false;  // The hash that marks an empty slot is a member.
};

}  // namespace magpie::serving
