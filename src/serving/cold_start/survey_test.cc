#include "serving/cold_start/survey.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/random.h"
#include "serving/film_shop_test.h"

namespace magpie::serving {
namespace {

using Names = std::vector<std::string>;

Names names(const CatalogueSnapshot& catalogue, const std::vector<CategoryIndex>& categories) {
  Names found;
  for (const CategoryIndex category : categories) found.push_back(catalogue.category_names()[category.get()]);
  return found;
}

TEST(Survey, AsksForThePopularFirst) {
  const auto catalogue = snapshot_of(films());
  const auto model = serving_model(catalogue);
  EXPECT_EQ(names(*catalogue, survey_categories(model.get(), *catalogue, 10)), (Names{"drama", "space", "war"}));
  EXPECT_EQ(names(*catalogue, survey_categories(model.get(), *catalogue, 2)), (Names{"drama", "space"}));
}

TEST(Survey, PrefersWhatIsNotCovered) {
  std::vector<Item> items = films();
  for (Item& item : items) {
    if (item.categories[0] != "war") item.categories.push_back("peace");
  }
  const auto catalogue = snapshot_of(items);
  const auto model = serving_model(catalogue);
  EXPECT_EQ(names(*catalogue, survey_categories(model.get(), *catalogue, 10)),
            (Names{"peace", "war", "drama", "space"}))
      << "war is the least popular but the only one that peace leaves out";
}

TEST(Survey, WithoutAModelByNumberOfItems) {
  std::vector<Item> items = films();
  items.push_back(film("war9", {"war"}));
  const auto catalogue = snapshot_of(items);
  EXPECT_EQ(names(*catalogue, survey_categories(nullptr, *catalogue, 1)), Names{"war"});
  EXPECT_TRUE(survey_categories(nullptr, *snapshot_of({}), 5).empty());
}

TEST(Survey, LeavesOutCategoriesWithoutAvailableItems) {
  std::vector<Item> items = films();
  for (Item& item : items) item.available = item.categories[0] != "drama";
  const auto catalogue = snapshot_of(items);
  EXPECT_EQ(names(*catalogue, survey_categories(nullptr, *catalogue, 10)).size(), 2U);
}

double covered(const CatalogueSnapshot& catalogue, const std::set<std::uint32_t>& chosen) {
  double sum = 0;
  for (std::uint32_t i = 0; i < catalogue.index_bound(); ++i) {
    const auto& categories = catalogue.at(ItemIndex(i))->categories;
    sum += std::any_of(categories.begin(), categories.end(), [&](CategoryIndex c) { return chosen.contains(c.get()); });
  }
  return sum;
}

// Against every choice of three among eight.
TEST(Survey, CoversNearlyAsMuchAsTheBestChoice) {
  Random random(5);
  for (int round = 0; round < 20; ++round) {
    std::vector<Item> items;
    for (int i = 0; i < 40; ++i) {
      const std::string first = "c" + std::to_string(random.below(8));
      const std::string second = "c" + std::to_string(random.below(8));
      items.push_back(film("f" + std::to_string(i), first == second ? Names{first} : Names{first, second}));
    }
    const auto catalogue = snapshot_of(items);
    std::set<std::uint32_t> greedy;
    for (const CategoryIndex category : survey_categories(nullptr, *catalogue, 3)) greedy.insert(category.get());
    double best = 0;
    const auto bound = static_cast<std::uint32_t>(catalogue->category_names().size());
    for (std::uint32_t a = 0; a < bound; ++a) {
      for (std::uint32_t b = 0; b < a; ++b) {
        for (std::uint32_t c = 0; c < b; ++c) best = std::max(best, covered(*catalogue, {a, b, c}));
      }
    }
    EXPECT_GE(covered(*catalogue, greedy), (1 - 1 / std::exp(1.0)) * best);
  }
}

TEST(Survey, ShowsEachExampleOnce) {
  std::vector<Item> items = films();
  for (Item& item : items) item.categories.push_back("film");
  const auto catalogue = snapshot_of(items);
  const auto model = serving_model(catalogue);
  const auto asked = survey(model.get(), *catalogue, 4, 3);
  ASSERT_EQ(asked.size(), 4U);
  EXPECT_EQ(asked[0].category, "film");
  EXPECT_EQ(asked[0].examples, (std::vector<ItemId>{ItemId("drama0"), ItemId("drama1"), ItemId("drama2")}));
  EXPECT_EQ(asked[1].examples, (std::vector<ItemId>{ItemId("drama3"), ItemId("drama4")}));
  std::set<ItemId> distinct;
  std::size_t count = 0;
  for (const SurveyCategory& category : asked) {
    distinct.insert(category.examples.begin(), category.examples.end());
    count += category.examples.size();
  }
  EXPECT_EQ(distinct.size(), count);
}

}  // namespace
}  // namespace magpie::serving
