#include "serving/eligibility.h"

#include <gtest/gtest.h>

#include <unordered_set>

#include "base/hash.h"
#include "base/random.h"
#include "serving/film_shop_test.h"

namespace magpie::serving {
namespace {

TEST(IdHashSet, EqualsAStandardSet) {
  Random random(3);
  for (const std::size_t size : {0U, 1U, 2U, 100U, 1000U}) {
    IdHashSet set(size);
    std::unordered_set<std::uint64_t> oracle;
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint64_t hash = random.below(size * 2);  // 0 and repetitions among them.
      set.insert(hash);
      oracle.insert(hash);
    }
    EXPECT_EQ(set.size(), oracle.size());
    for (std::uint64_t hash = 0; hash < size * 2 + 10; ++hash) EXPECT_EQ(set.contains(hash), oracle.contains(hash));
  }
}

class EligibilityTest : public ::testing::Test {
 protected:
  bool admits(const std::string& id) {
    return Eligibility(catalogue_, features_, request_).admits(*catalogue_->find(ItemId(id)));
  }
  std::shared_ptr<const CatalogueSnapshot> catalogue_ = snapshot_of(films());
  UserFeatures features_;
  RecommendationRequest request_ = request_for("u1");
};

TEST_F(EligibilityTest, AdmitsWhatNothingForbids) { EXPECT_TRUE(admits("drama0")); }

TEST_F(EligibilityTest, RefusesWhatTheUserInteractedWith) {
  features_ = user_who(kView, {"drama0"});
  features_.batch.emplace().history = {hash64("war1")};
  EXPECT_FALSE(admits("drama0"));
  EXPECT_FALSE(admits("war1"));
  EXPECT_TRUE(admits("drama1"));
}

TEST_F(EligibilityTest, RefusesWhatTheUserDislikes) {
  features_ = user_who(kDislike, {"drama0"});
  EXPECT_FALSE(admits("drama0"));
}

TEST_F(EligibilityTest, AnImpressionIsNoInteraction) {
  features_ = user_who(kImpression, {"drama0"});
  EXPECT_TRUE(admits("drama0"));
}

TEST_F(EligibilityTest, RefusesExcludedItemsAndTheOneBeingLookedAt) {
  request_.exclude = {ItemId("drama0"), ItemId("no such item")};
  request_.item_context = ItemId("drama1");
  EXPECT_FALSE(admits("drama0"));
  EXPECT_FALSE(admits("drama1"));
  EXPECT_TRUE(admits("drama2"));
}

TEST_F(EligibilityTest, RefusesUnavailableAndDeletedItems) {
  Item withdrawn = film("drama0", {"drama"});
  withdrawn.available = false;
  const std::vector<ItemId> deleted{ItemId("drama1")};
  const auto index = *catalogue_->find(ItemId("drama1"));
  catalogue_ = catalogue_->with({withdrawn}, deleted);
  EXPECT_FALSE(admits("drama0"));
  EXPECT_FALSE(Eligibility(catalogue_, features_, request_).admits(index));
  EXPECT_FALSE(Eligibility(catalogue_, features_, request_).admits(ItemIndex(1'000'000)));
}

TEST_F(EligibilityTest, AdmitsAnyRequestedCategoryPrimaryOrNot) {
  catalogue_ = catalogue_->with({film("both", {"war", "space"}), film("none", {})}, {});
  request_.categories = {"space", "no such category"};
  EXPECT_TRUE(admits("space0"));
  EXPECT_TRUE(admits("both"));
  EXPECT_FALSE(admits("war0"));
  EXPECT_FALSE(admits("none"));
  request_.categories = {"no such category"};
  EXPECT_FALSE(admits("space0"));
}

}  // namespace
}  // namespace magpie::serving
