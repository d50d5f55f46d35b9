#include "speed/trending.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace magpie::speed {
namespace {

bool better(const TrendingItem& a, const TrendingItem& b) {
  return std::tie(b.score, a.item) < std::tie(a.score, b.item);
}

}  // namespace

void BestItems::add(const ItemId& item, double score) {
  if (limit_ == 0) return;
  if (heap_.size() == limit_) {
    const TrendingItem& worst = heap_.front();
    if (score < worst.score || (score == worst.score && item >= worst.item)) return;
    std::pop_heap(heap_.begin(), heap_.end(), better);
    heap_.pop_back();
  }
  heap_.push_back({item, score});
  std::push_heap(heap_.begin(), heap_.end(), better);
}

std::vector<TrendingItem> BestItems::take() {
  std::sort_heap(heap_.begin(), heap_.end(), better);
  return std::exchange(heap_, {});
}

void TrendingRanking::add(const ItemId& item, std::span<const std::string> categories, double score) {
  if (!(score > 0)) return;
  overall_.add(item, score);
  for (const std::string& category : categories) {
    by_category_.try_emplace(category, list_size_).first->second.add(item, score);
  }
}

Trending TrendingRanking::take(Timestamp computed_at) {
  Trending trending;
  trending.computed_at = computed_at;
  trending.overall.items = overall_.take();
  for (auto& [category, best] : by_category_) trending.by_category.push_back({category, best.take()});
  by_category_.clear();
  return trending;
}

}  // namespace magpie::speed
