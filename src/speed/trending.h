// Trending lists: the best of scored items, overall and of each category.
// Thread-safety: one ranking a thread.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "model/item_stats.h"

namespace magpie::speed {

// Keeps the best `limit` of what is added, in O(log limit) each. Higher score first, ties by ascending item id, so that
// the order of adding does not matter.
class BestItems {
 public:
  explicit BestItems(std::size_t limit) : limit_(limit) {}

  void add(const ItemId& item, double score);
  // Best first. Leaves this empty.
  [[nodiscard]] std::vector<TrendingItem> take();

 private:
  std::size_t limit_;
  std::vector<TrendingItem> heap_;  // The worst one kept is in front.
};

class TrendingRanking {
 public:
  explicit TrendingRanking(std::size_t list_size) : list_size_(list_size), overall_(list_size) {}

  // An item counts in each of its categories; a score that is not positive counts nowhere.
  void add(const ItemId& item, std::span<const std::string> categories, double score);
  // Leaves this empty.
  [[nodiscard]] Trending take(Timestamp computed_at);

 private:
  std::size_t list_size_;
  BestItems overall_;
  std::map<std::string, BestItems, std::less<>> by_category_;
};

}  // namespace magpie::speed
