#include "model/item.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace magpie {
namespace {

Item valid_item() {
  Item item;
  item.id = ItemId("film-1");
  item.title = "Am\xC3\xA9lie";
  item.description = "A film.\nWith a second line.";
  item.categories = {"Comedy", "Romance"};
  item.tags = {"paris"};
  item.price = 9.5;
  item.embedding = {0.5F, -1};
  return item;
}

User valid_user() { return {UserId("u1"), {"Comedy"}, from_unix_ms(0), "new"}; }

// The field that validation names; empty where all is well.
template <typename Noun>
std::string culprit(const Noun& noun) {
  const Status status = validate(noun);
  return status.ok() ? "" : status.error().field();
}

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < count; ++i) made.push_back("n" + std::to_string(i));
  return made;
}

TEST(Item, AValidOnePasses) {
  EXPECT_EQ(culprit(valid_item()), "");
  Item bare;
  bare.id = ItemId("x");
  EXPECT_EQ(culprit(bare), "");
}

TEST(Item, EveryBoundIsChecked) {
  const auto with = [](auto change) {
    Item item = valid_item();
    change(item);
    return culprit(item);
  };
  EXPECT_EQ(with([](Item& item) { item.id = ItemId(); }), "id");
  EXPECT_EQ(with([](Item& item) { item.title.assign(kMaxTitleLength, 'x'); }), "");
  EXPECT_EQ(with([](Item& item) { item.title.assign(kMaxTitleLength + 1, 'x'); }), "title");
  EXPECT_EQ(with([](Item& item) { item.title = "\xFF"; }), "title");
  EXPECT_EQ(with([](Item& item) { item.description.assign(kMaxDescriptionLength + 1, 'x'); }), "description");
  EXPECT_EQ(with([](Item& item) { item.description = "\xC3"; }), "description");
  EXPECT_EQ(with([](Item& item) { item.categories = names(kMaxCategories); }), "");
  EXPECT_EQ(with([](Item& item) { item.categories = names(kMaxCategories + 1); }), "categories");
  EXPECT_EQ(with([](Item& item) { item.categories = {"a", ""}; }), "categories[1]");
  EXPECT_EQ(with([](Item& item) { item.categories = {"a", "b", "a"}; }), "categories[2]");
  EXPECT_EQ(with([](Item& item) { item.tags = names(kMaxTags + 1); }), "tags");
  EXPECT_EQ(with([](Item& item) { item.tags = {"a\nb"}; }), "tags[0]");
  EXPECT_EQ(with([](Item& item) { item.price = 0; }), "");
  EXPECT_EQ(with([](Item& item) { item.price = -0.01; }), "price");
  EXPECT_EQ(with([](Item& item) { item.price = std::numeric_limits<double>::quiet_NaN(); }), "price");
  EXPECT_EQ(with([](Item& item) { item.created_at = kMinTimestamp; }), "");
  EXPECT_EQ(with([](Item& item) { item.created_at = kMaxTimestamp + Duration(1); }), "created_at");
  EXPECT_EQ(with([](Item& item) { item.embedding.assign(kMaxEmbeddingDimensions + 1, 0); }), "embedding");
  EXPECT_EQ(with([](Item& item) { item.embedding = {1, std::numeric_limits<float>::infinity()}; }), "embedding[1]");
}

TEST(User, EveryBoundIsChecked) {
  const auto with = [](auto change) {
    User user = valid_user();
    change(user);
    return culprit(user);
  };
  EXPECT_EQ(with([](User&) {}), "");
  EXPECT_EQ(with([](User& user) { user.id = UserId(); }), "id");
  EXPECT_EQ(with([](User& user) { user.interests = names(kMaxInterests); }), "");
  EXPECT_EQ(with([](User& user) { user.interests = names(kMaxInterests + 1); }), "interests");
  EXPECT_EQ(with([](User& user) { user.interests = {"a", "a"}; }), "interests[1]");
  EXPECT_EQ(with([](User& user) { user.created_at = kMinTimestamp - Duration(1); }), "created_at");
  EXPECT_EQ(with([](User& user) { user.segment = ""; }), "");
  EXPECT_EQ(with([](User& user) { user.segment = "\x01"; }), "segment");
}

TEST(Id, IsBoundedPrintableUtf8) {
  EXPECT_TRUE(validate_id("f", std::string(kMaxIdLength, 'x')).ok());
  EXPECT_TRUE(validate_id("f", "\xE2\x82\xAC 1").ok());
  for (const std::string& id : {std::string(), std::string(kMaxIdLength + 1, 'x'), std::string("a\0b", 3),
                                std::string("a\tb"), std::string("\xED\xA0\x80")}) {
    const Status status = validate_id("events[3].user_id", id);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(status.error().field(), "events[3].user_id");
  }
}

}  // namespace
}  // namespace magpie
