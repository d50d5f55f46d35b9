#include "speed/trending.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "base/random.h"

namespace magpie::speed {
namespace {

using Entry = std::pair<std::string, double>;

std::vector<Entry> entries(const std::vector<TrendingItem>& items) {
  std::vector<Entry> list;
  for (const TrendingItem& item : items) list.emplace_back(item.item.get(), item.score);
  return list;
}

TEST(BestItems, KeepsTheBestAndBreaksTiesById) {
  BestItems best(3);
  for (const auto& [id, score] : std::vector<Entry>{{"d", 1}, {"c", 1}, {"a", 1}, {"b", 1}, {"z", 2}}) {
    best.add(ItemId(id), score);
  }
  EXPECT_EQ(entries(best.take()), (std::vector<Entry>{{"z", 2}, {"a", 1}, {"b", 1}}));
  EXPECT_TRUE(best.take().empty());
}

TEST(BestItems, EqualsSortingEverything) {
  Random random(7);
  for (const std::size_t limit : {0U, 1U, 10U, 1000U}) {
    std::vector<Entry> all;
    BestItems best(limit);
    for (int i = 0; i < 300; ++i) {
      all.emplace_back("i" + std::to_string(i), static_cast<double>(random.below(20)));
      best.add(ItemId(all.back().first), all.back().second);
    }
    std::sort(all.begin(), all.end(),
              [](const Entry& a, const Entry& b) { return std::tie(b.second, a.first) < std::tie(a.second, b.first); });
    all.resize(std::min(limit, all.size()));
    EXPECT_EQ(entries(best.take()), all) << "limit " << limit;
  }
}

TEST(TrendingRanking, ListsEachCategoryAndAll) {
  TrendingRanking ranking(2);
  const std::vector<std::string> drama{"drama"};
  const std::vector<std::string> both{"war", "drama"};
  ranking.add(ItemId("a"), drama, 1);
  ranking.add(ItemId("b"), both, 3);
  ranking.add(ItemId("c"), drama, 2);
  ranking.add(ItemId("d"), {}, 5);
  ranking.add(ItemId("e"), both, 0);
  ranking.add(ItemId("f"), both, -1);
  const Trending trending = ranking.take(from_unix_ms(5));
  EXPECT_EQ(trending.computed_at, from_unix_ms(5));
  EXPECT_EQ(entries(trending.overall.items), (std::vector<Entry>{{"d", 5}, {"b", 3}}));
  ASSERT_EQ(trending.by_category.size(), 2U);
  EXPECT_EQ(trending.by_category[0].category, "drama");
  EXPECT_EQ(entries(trending.by_category[0].items), (std::vector<Entry>{{"b", 3}, {"c", 2}}));
  EXPECT_EQ(trending.by_category[1].category, "war");
  EXPECT_EQ(entries(trending.by_category[1].items), (std::vector<Entry>{{"b", 3}}));
  EXPECT_TRUE(ranking.take(from_unix_ms(6)).by_category.empty());
}

}  // namespace
}  // namespace magpie::speed
