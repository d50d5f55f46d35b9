#include "kernels/response_features.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"

namespace magpie {
namespace {

constexpr std::array<std::string_view, kPlainResponseFeatures> kPlainNames = {
    "has_candidate_features",
    "log_position",
    "log_user_interactions",
    "log_user_impressions",
    "user_click_rate",
    "has_user_recency",
    "log_user_recency_hours",
    "log_category_interactions",
    "category_share",
    "log_pair_interactions",
    "log_pair_impressions",
    "log_item_interactions",
    "log_item_impressions",
    "item_click_rate",
    "item_purchase_rate",
    "has_item_age",
    "item_freshness",
    "has_prices",
    "price_match",
};

float log_of(double count) { return static_cast<float>(std::log1p(count)); }
float flag(bool value) { return value ? 1.0F : 0.0F; }

// The log-odds of a smoothed rate: the scale that a logistic model adds up on.
float rate(double events, double impressions, double prior_rate) {
  const double smoothed = (events + kPriorImpressions * prior_rate) / (impressions + kPriorImpressions);
  const double inside = std::clamp(smoothed, 1e-6, 1 - 1e-6);  // Clicks may come without recorded impressions.
  return static_cast<float>(std::log(inside / (1 - inside)));
}

float share(double part, double whole) { return whole <= 0 ? 0 : static_cast<float>(std::min(1.0, part / whole)); }

// 1 where the item costs what the user usually pays, 1/2 at twice or half of it.
float price_match(double item_price, double user_price) {
  return static_cast<float>(std::exp2(-std::abs(std::log2(item_price / user_price))));
}

// The text's bucket, one of `out`, is 1; none for an empty text.
void fill_buckets(std::string_view text, std::span<float> out) {
  std::fill(out.begin(), out.end(), 0.0F);
  if (!text.empty()) out[hash64(text) % out.size()] = 1;
}

std::array<float, kPlainResponseFeatures> plain_features(const ResponseInput& in) {
  const bool prices = in.item_price.value_or(0) > 0 && in.user_price.value_or(0) > 0;
  return {flag(in.candidate.has_value()),
          log_of(in.position),
          log_of(in.user_interactions),
          log_of(in.user_impressions),
          rate(in.user_clicks, in.user_impressions, kPriorClickRate),
          flag(in.user_recency_hours.has_value()),
          log_of(std::max(0.0, in.user_recency_hours.value_or(0))),
          log_of(in.category_interactions),
          share(in.category_interactions, in.user_interactions),
          log_of(in.pair_interactions),
          log_of(in.pair_impressions),
          log_of(in.item_interactions),
          log_of(in.item_impressions),
          rate(in.item_clicks, in.item_impressions, kPriorClickRate),
          rate(in.item_purchases, in.item_impressions, kPriorPurchaseRate),
          flag(in.item_age_days.has_value()),
          in.item_age_days ? static_cast<float>(std::exp(-std::max(0.0, *in.item_age_days) / kFreshnessDays)) : 0.0F,
          flag(prices),
          prices ? price_match(*in.item_price, *in.user_price) : 0.0F};
}

std::vector<std::string> make_names() {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < kRankerFeatures; ++k) names.emplace_back(to_string(static_cast<RankerFeature>(k)));
  names.insert(names.end(), kPlainNames.begin(), kPlainNames.end());
  for (std::size_t i = 0; i < kSurfaceBuckets; ++i) names.push_back("surface#" + std::to_string(i));
  for (std::size_t i = 0; i < kDeviceBuckets; ++i) names.push_back("device#" + std::to_string(i));
  return names;
}

}  // namespace

const std::vector<std::string>& response_feature_names() {
  static const std::vector<std::string> names = make_names();
  return names;
}

void fill_response_features(const ResponseInput& input, std::span<float> out) {
  const std::array<float, kRankerFeatures> candidate = input.candidate.value_or(std::array<float, kRankerFeatures>{});
  const std::array<float, kPlainResponseFeatures> plain = plain_features(input);
  std::copy(candidate.begin(), candidate.end(), out.begin());
  std::copy(plain.begin(), plain.end(), out.begin() + kRankerFeatures);
  const std::span<float> buckets = out.subspan(kRankerFeatures + kPlainResponseFeatures);
  fill_buckets(input.surface, buckets.first(kSurfaceBuckets));
  fill_buckets(input.device, buckets.last(kDeviceBuckets));
}

}  // namespace magpie
