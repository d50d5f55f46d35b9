#include "serving/diversity.h"

#include <gtest/gtest.h>

#include "serving/film_shop_test.h"

namespace magpie::serving {
namespace {

class DiversityTest : public ::testing::Test {
 protected:
  std::vector<std::size_t> pick(std::vector<std::vector<std::string>> categories, std::size_t n, std::size_t most,
                                const std::string& exempt = {}) {
    std::vector<Item> items;
    for (std::size_t i = 0; i < categories.size(); ++i) items.push_back(film("i" + std::to_string(i), categories[i]));
    const auto catalogue = snapshot_of(items);
    std::vector<ItemIndex> ranked;
    for (const Item& item : items) ranked.push_back(*catalogue->find(item.id));
    DiversityRule rule(*catalogue, most,
                       [&](CategoryIndex category) { return catalogue->category_names()[category.get()] == exempt; });
    auto picked = pick_diverse(ranked, n, rule);
    held_back_ = picked.held_back;
    return picked.picked;
  }
  std::vector<std::size_t> held_back_;
};

using Positions = std::vector<std::size_t>;

TEST_F(DiversityTest, HoldsBackWhatIsOneTooMany) {
  EXPECT_EQ(pick({{"a"}, {"a"}, {"a"}, {"b"}, {"a"}, {"b"}}, 4, 2), (Positions{0, 1, 3, 5}));
  EXPECT_EQ(held_back_, (Positions{2, 4}));
}

TEST_F(DiversityTest, StopsAtN) {
  EXPECT_EQ(pick({{"a"}, {"b"}, {"c"}}, 2, 1), (Positions{0, 1}));
  EXPECT_TRUE(held_back_.empty());
}

TEST_F(DiversityTest, CountsThePrimaryCategoryOnly) {
  EXPECT_EQ(pick({{"a", "b"}, {"b", "a"}, {"a"}}, 3, 1), (Positions{0, 1}));
}

TEST_F(DiversityTest, LetsItemsWithoutCategoryPass) { EXPECT_EQ(pick({{}, {}, {}}, 3, 1), (Positions{0, 1, 2})); }

TEST_F(DiversityTest, ExemptsRequestedCategories) {
  EXPECT_EQ(pick({{"a"}, {"a"}, {"b"}, {"b"}}, 4, 1, "a"), (Positions{0, 1, 2}));
}

TEST_F(DiversityTest, ZeroIsNoRule) { EXPECT_EQ(pick({{"a"}, {"a"}, {"a"}}, 3, 0), (Positions{0, 1, 2})); }

}  // namespace
}  // namespace magpie::serving
