#include "serving/cold_start/blend_policy.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace magpie::serving {
namespace {

// 0 while the user is new, 1 once established.
double progress(const BlendPolicy& policy, std::size_t interactions) {
  if (interactions >= policy.established()) return 1;
  if (interactions <= policy.new_interactions) return 0;
  return static_cast<double>(interactions - policy.new_interactions) / static_cast<double>(policy.shift_interactions);
}

// What a binary fraction lacks to the decimal one that was meant: 0.7 of 10 is 7.
constexpr double kRounding = 1e-9;

}  // namespace

BlendShares blend_shares(const BlendPolicy& policy, const UserExperience& user) {
  const bool is_new = user.age < policy.new_for;
  const double exploration = is_new ? policy.new_exploration : policy.later_exploration;
  const double cold = 1 - progress(policy, user.interactions);
  BlendShares shares;
  shares.exploration = exploration * cold;
  shares.popular = is_new ? (1 - exploration) * cold : 0;
  shares.personalised = 1 - shares.exploration - shares.popular;
  return shares;
}

BlendSlots blend_slots(const BlendShares& shares, std::size_t n) {
  const std::array exact{shares.exploration * static_cast<double>(n), shares.popular * static_cast<double>(n),
                         shares.personalised * static_cast<double>(n)};
  std::array<std::size_t, 3> slots{};
  std::size_t given = 0;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    slots[i] = std::min(n - given, static_cast<std::size_t>(std::floor(std::max(0.0, exact[i]) + kRounding)));
    given += slots[i];
  }
  const auto remainder = [&](std::size_t i) { return exact[i] - static_cast<double>(slots[i]); };
  for (; given < n; ++given) {
    std::size_t largest = 0;
    for (std::size_t i = 1; i < slots.size(); ++i) {
      if (remainder(i) > remainder(largest) + kRounding) largest = i;
    }
    ++slots[largest];
  }
  return {slots[0], slots[1], slots[2]};
}

}  // namespace magpie::serving
