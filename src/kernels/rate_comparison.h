// Tests of rates against each other, for deciding whether one version of something is worse than another.
//
// A rate such as clicks by impressions is a ratio of two sums over users. The users were assigned at random, the
// impressions of one user were not: they resemble each other, so that a test that takes impressions for independent
// finds differences where there are none. The variance is therefore that of the ratio over users, by the delta method
// (Deng, Knoblich, Lu, "Applying the Delta Method in Metric Analytics", KDD 2018).
//
// All tests are one-sided and give a z-score, standard normal where the two are equal up to the tolerance; below
// -1.645, the 5% quantile, the treatment is worse at 95% confidence. Pure and thread-safe.
#pragma once

#include <cstdint>

namespace magpie {

// Sums over users of (numerator, denominator).
class RatioMoments {
 public:
  // One user: for instance their clicks and their impressions.
  void add(double numerator, double denominator);

  [[nodiscard]] std::uint64_t users() const { return users_; }
  [[nodiscard]] double numerator() const { return numerator_; }
  [[nodiscard]] double denominator() const { return denominator_; }
  // 0 where there is nothing to divide by.
  [[nodiscard]] double ratio() const;
  // Of ratio(), over users. 0 with fewer than two.
  [[nodiscard]] double variance() const;

 private:
  std::uint64_t users_ = 0;
  double numerator_ = 0;
  double denominator_ = 0;
  double numerator_squared_ = 0;
  double denominator_squared_ = 0;
  double product_ = 0;
};

// Whether the treatment's ratio is below (1 - tolerated_drop) times the control's. 0 where nothing varies.
[[nodiscard]] double relative_drop_z(const RatioMoments& control, const RatioMoments& treatment, double tolerated_drop);

struct Share {
  std::uint64_t hits = 0;
  std::uint64_t all = 0;  // >= hits
  [[nodiscard]] double value() const { return all == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(all); }
};

// Whether the treatment's share is above the control's by more than `tolerated`: the two-proportion z-test, negated so
// that negative is worse. 0 where one of them is empty or nothing varies.
[[nodiscard]] double share_increase_z(Share control, Share treatment, double tolerated);

// The lower end of Wilson's score interval at z standard deviations (Wilson, 1927): the share is hardly below it. 0 for
// an empty one.
[[nodiscard]] double wilson_lower_bound(Share share, double z);

}  // namespace magpie
