#include "serving/trending_items.h"

#include <gtest/gtest.h>

#include "serving/film_shop_test.h"

namespace magpie::serving {
namespace {

using Ids = std::vector<std::string>;

class TrendingItemsTest : public ::testing::Test {
 protected:
  Ids trending(const std::string& category, std::size_t n) {
    Ids ids;
    for (const TrendingItem& item : trending_items(lists_, model_.get(), *catalogue_, category, n)) {
      ids.push_back(item.item.get());
    }
    return ids;
  }
  std::shared_ptr<const CatalogueSnapshot> catalogue_ = snapshot_of(films());
  std::shared_ptr<const ServingModel> model_;
  Trending lists_{kNow,
                  {"", {{ItemId("war3"), 5}, {ItemId("gone"), 4}, {ItemId("space1"), 3}}},
                  {{"space", {{ItemId("space1"), 3}}}, {"war", {{ItemId("war3"), 5}}}}};
};

TEST_F(TrendingItemsTest, OfAllAndOfOneCategory) {
  EXPECT_EQ(trending("", 10), (Ids{"war3", "space1"}));
  EXPECT_EQ(trending("", 1), (Ids{"war3"}));
  EXPECT_EQ(trending("space", 10), (Ids{"space1"}));
  EXPECT_EQ(trending("drama", 10), Ids{});
  EXPECT_EQ(trending("no such category", 10), Ids{});
}

TEST_F(TrendingItemsTest, ModelCompletesTheList) {
  model_ = serving_model(catalogue_);
  EXPECT_EQ(trending("", 4), (Ids{"war3", "space1", "drama0", "drama1"}));
  EXPECT_EQ(trending("space", 3), (Ids{"space1", "space0", "space2"}));
  EXPECT_EQ(trending("no such category", 10), Ids{});
}

TEST_F(TrendingItemsTest, WithdrawnItemsAreLeftOut) {
  Item withdrawn = film("war3", {"war"});
  withdrawn.available = false;
  catalogue_ = catalogue_->with({withdrawn}, {});
  EXPECT_EQ(trending("", 10), (Ids{"space1"}));
  EXPECT_EQ(trending("war", 10), Ids{});
}

}  // namespace
}  // namespace magpie::serving
