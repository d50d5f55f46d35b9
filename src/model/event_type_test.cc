#include "model/event_type.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace magpie {
namespace {

TEST(EventTypes, DefaultsAreTheDesignsKindsAndRating) {
  const EventTypes types = EventTypes::defaults();
  EXPECT_EQ(types.names(), "view, click, add_to_cart, purchase, like, dislike, impression, rating");
  EXPECT_EQ(types.all().size(), kBuiltInEventTypes + 1);
  EXPECT_EQ(types.weight(kView), 1);
  EXPECT_EQ(types.weight(kClick), 2);
  EXPECT_EQ(types.weight(kAddToCart), 4);
  EXPECT_EQ(types.weight(kPurchase), 8);
  EXPECT_EQ(types.weight(kLike), 5);
  EXPECT_EQ(types.weight(kDislike), -5);
  EXPECT_EQ(types.weight(kImpression), 0);
  EXPECT_EQ(types[*types.find("rating")].weight, 1);
}

TEST(EventTypes, BuiltInCodesNameThemselves) {
  const EventTypes types;
  EXPECT_EQ(types.find("view"), kView);
  EXPECT_EQ(types.find("add_to_cart"), kAddToCart);
  EXPECT_EQ(types.find("impression"), kImpression);
  EXPECT_EQ(types.find("unknown"), std::nullopt);
  EXPECT_EQ(types.find(""), std::nullopt);
}

TEST(EventTypes, SetChangesAWeightOrAddsAKind) {
  EventTypes types;
  ASSERT_TRUE(types.set("view", 0.25).ok());
  EXPECT_EQ(types.weight(kView), 0.25);
  ASSERT_TRUE(types.set("rent_2h", 3).ok());
  EXPECT_EQ(types.find("rent_2h"), EventType(8));
  EXPECT_EQ(types[EventType(8)].weight, 3);
}

TEST(EventTypes, RefusesBadNamesAndWeights) {
  EventTypes types;
  for (const char* const name : {"", "Rent", "rent-it", "rent it", "r\xC3\xA9nt"}) {
    EXPECT_EQ(types.set(name, 1).error().code(), ErrorCode::kInvalidArgument) << name;
  }
  EXPECT_TRUE(types.set(std::string(32, 'x'), 1).ok());
  EXPECT_FALSE(types.set(std::string(33, 'x'), 1).ok());
  EXPECT_FALSE(types.set("view", std::numeric_limits<double>::quiet_NaN()).ok());
  EXPECT_FALSE(types.set("view", std::numeric_limits<double>::infinity()).ok());
  EXPECT_EQ(types.weight(kView), 1);
}

TEST(EventTypes, RefusesOneKindTooMany) {
  EventTypes types;
  for (std::size_t i = types.all().size(); i < kMaxEventTypes; ++i) {
    ASSERT_TRUE(types.set("kind_" + std::to_string(i), 1).ok());
  }
  EXPECT_FALSE(types.set("one_more", 1).ok());
  EXPECT_TRUE(types.set("kind_31", 2).ok());
  EXPECT_EQ(types.all().size(), kMaxEventTypes);
}

TEST(EventTypes, OnlyImpressionsAreNoInteraction) {
  EXPECT_TRUE(is_interaction(kView));
  EXPECT_TRUE(is_interaction(kDislike));
  EXPECT_FALSE(is_interaction(kImpression));
}

}  // namespace
}  // namespace magpie
