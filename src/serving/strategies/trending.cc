#include "serving/strategies/trending.h"

#include <algorithm>
#include <span>
#include <utility>

#include "serving/id_hash_set.h"

namespace magpie::serving {
namespace {

constexpr std::size_t kPreferredCategories = 3;

// Gathers eligible items once each, in the order that they come.
class Collector {
 public:
  Collector(const RequestContext& context, std::size_t quota) : context_(context), taken_(quota), quota_(quota) {
    candidates_.reserve(quota);
  }

  void add(ItemIndex index, float score) {
    if (full() || !context_.eligibility.admits(index)) return;
    const std::uint64_t id_hash = context_.catalogue->at(index)->id_hash;
    if (taken_.contains(id_hash)) return;
    taken_.insert(id_hash);
    candidates_.push_back({index, score});
  }

  // Stops when the collection has grown by `most`.
  void add(const TrendingList& list, std::size_t most) {
    const std::size_t end = std::min(quota_, candidates_.size() + most);
    for (const TrendingItem& trending : list.items) {
      if (candidates_.size() >= end) return;
      const auto index = context_.catalogue->find(trending.item);
      if (index) add(*index, static_cast<float>(trending.score));
    }
  }

  [[nodiscard]] bool full() const { return candidates_.size() >= quota_; }

  [[nodiscard]] std::vector<Candidate> take() { return std::move(candidates_); }

 private:
  const RequestContext& context_;
  IdHashSet taken_;
  std::size_t quota_;
  std::vector<Candidate> candidates_;
};

// The requested categories, or those with the largest shares in the user's profile.
std::vector<CategoryIndex> preferred_categories(const RequestContext& context) {
  if (context.eligibility.filters_categories()) return context.eligibility.categories();
  const std::span<const float> shares = context.signals.categories;
  std::vector<CategoryIndex> order;
  for (std::uint32_t category = 0; category < shares.size(); ++category) {
    if (shares[category] > 0) order.emplace_back(category);
  }
  const auto kept = std::min(order.size(), kPreferredCategories);
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
                    [&](CategoryIndex a, CategoryIndex b) {
                      const float share_a = shares[a.get()];
                      const float share_b = shares[b.get()];
                      return share_a != share_b ? share_a > share_b : a < b;
                    });
  order.resize(kept);
  return order;
}

void add_preferred(const RequestContext& context, const Trending& trending, std::size_t quota, Collector& collector) {
  const auto categories = preferred_categories(context);
  if (categories.empty()) return;
  const std::size_t shared = context.eligibility.filters_categories() ? quota : quota / 2;
  const std::size_t share = (shared + categories.size() - 1) / categories.size();
  for (const CategoryIndex category : categories) {
    const auto* list = trending.find(context.catalogue->category_names()[category.get()]);
    if (list != nullptr) collector.add(*list, share);
  }
}

// The model's counts are of another scale than the stream's, so they only say the order: their items score 0.
void add_recently_popular(const RequestContext& context, Collector& collector) {
  if (context.model == nullptr) return;
  for (const ItemIndex item : context.model->recently_popular()) {
    if (collector.full() || context.model->recent_popularity(item) <= 0) return;
    collector.add(item, 0);
  }
}

}  // namespace

Result<std::vector<Candidate>> trending_candidates(const RequestContext& context, std::size_t quota) {
  if (!context.trending.ok()) return context.trending.error();
  const Trending& trending = **context.trending;
  Collector collector(context, quota);
  add_preferred(context, trending, quota, collector);
  collector.add(trending.overall, quota);
  if (!collector.full()) add_recently_popular(context, collector);
  return collector.take();
}

}  // namespace magpie::serving
