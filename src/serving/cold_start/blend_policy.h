// The blend of a new user's answers: how much of them explores, is popular, is personalised. Pure.
//
// Nothing is known of a new user, so most of the answer asks: `new_exploration` of it explores categories, the rest is
// popular. After `new_for` the answer is personalised by whatever is known, and explores `later_exploration`. From
// `new_interactions` on, both shift to personalised alone, in a straight line over the next `shift_interactions`: the
// user's own behaviour says more than any question.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/clock.h"

namespace magpie::serving {

struct BlendPolicy {
  Duration new_for = std::chrono::days(7);
  std::size_t new_interactions = 10;
  std::size_t shift_interactions = 10;  // 0: personalised at once.
  double new_exploration = 0.7;         // In [0, 1].
  double later_exploration = 0.3;       // In [0, 1].

  // From so many interactions on nothing is left of the cold start.
  [[nodiscard]] std::size_t established() const { return new_interactions + shift_interactions; }
};

struct UserExperience {
  Duration age{0};  // Since the user was created, or first seen.
  std::size_t interactions = 0;
};

// Add up to 1.
struct BlendShares {
  double exploration = 0;
  double popular = 0;
  double personalised = 1;
};

[[nodiscard]] BlendShares blend_shares(const BlendPolicy& policy, const UserExperience& user);

// Positions of an answer; add up to its length.
struct BlendSlots {
  std::size_t exploration = 0;
  std::size_t popular = 0;
  std::size_t personalised = 0;
  friend bool operator==(const BlendSlots&, const BlendSlots&) = default;
};

// The shares of n positions by largest remainder (Hamilton's method); of equal remainders the earlier member's wins.
[[nodiscard]] BlendSlots blend_slots(const BlendShares& shares, std::size_t n);

}  // namespace magpie::serving
