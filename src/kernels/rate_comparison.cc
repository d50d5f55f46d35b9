#include "kernels/rate_comparison.h"

#include <algorithm>
#include <cmath>

namespace magpie {
namespace {

double z_of(double difference, double variance) { return variance > 0 ? difference / std::sqrt(variance) : 0; }

// With one hit and one miss more than there are (Agresti and Caffo, 2000): a share of 0 or 1 is not certain.
double variance_of(Share share) {
  const double all = static_cast<double>(share.all) + 2;
  const double p = (static_cast<double>(share.hits) + 1) / all;
  return p * (1 - p) / all;
}

}  // namespace

void RatioMoments::add(double numerator, double denominator) {
  ++users_;
  numerator_ += numerator;
  denominator_ += denominator;
  numerator_squared_ += numerator * numerator;
  denominator_squared_ += denominator * denominator;
  product_ += numerator * denominator;
}

double RatioMoments::ratio() const { return denominator_ > 0 ? numerator_ / denominator_ : 0; }

// var(x / y) = var(x - r y) / mean(y)^2 / n. The residuals x - r y sum to 0, so their variance needs no mean.
double RatioMoments::variance() const {
  if (users_ < 2 || denominator_ <= 0) return 0;
  const double r = ratio();
  const double n = static_cast<double>(users_);
  const double residuals = numerator_squared_ - 2 * r * product_ + r * r * denominator_squared_;
  return std::max(residuals, 0.0) * n / (n - 1) / (denominator_ * denominator_);
}

double relative_drop_z(const RatioMoments& control, const RatioMoments& treatment, double tolerated_drop) {
  const double kept = 1 - tolerated_drop;
  return z_of(treatment.ratio() - kept * control.ratio(), treatment.variance() + kept * kept * control.variance());
}

double share_increase_z(Share control, Share treatment, double tolerated) {
  if (control.all == 0 || treatment.all == 0) return 0;
  return z_of(control.value() + tolerated - treatment.value(), variance_of(control) + variance_of(treatment));
}

double wilson_lower_bound(Share share, double z) {
  if (share.all == 0) return 0;
  const double n = static_cast<double>(share.all);
  const double p = share.value();
  const double centre = p + z * z / (2 * n);
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return std::max((centre - half) / (1 + z * z / n), 0.0);
}

}  // namespace magpie
