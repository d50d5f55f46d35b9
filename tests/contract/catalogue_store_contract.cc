#include "tests/contract/catalogue_store_contract.h"

#include <set>
#include <thread>

#include "tests/contract/samples.h"

namespace magpie::contract {
namespace {

std::vector<ItemId> item_ids(std::initializer_list<const char*> ids) {
  std::vector<ItemId> made;
  for (const char* id : ids) made.emplace_back(id);
  return made;
}

// nullptr where the catalogue has no such item.
const Item* find(const CatalogueSnapshot& snapshot, const std::string& id) {
  const auto index = snapshot.find(ItemId(id));
  return index ? &snapshot.at(*index)->item : nullptr;
}

// A bare item or a full one, or nothing, as the current snapshot has it.
std::optional<Item> stored(CatalogueStore& store, const std::string& id) {
  const auto snapshot = store.snapshot();
  const Item* item = find(*snapshot, id);
  return item != nullptr ? std::optional(*item) : std::nullopt;
}

std::vector<std::string> user_ids(CatalogueStore& store, const std::optional<UserId>& after, std::size_t limit) {
  std::vector<std::string> ids;
  const auto users = store.users(after, limit);
  EXPECT_TRUE(users.ok());
  for (const auto& user : *users) ids.push_back(user.id.get());
  return ids;
}

TEST_P(CatalogueStoreContract, IsEmptyAtFirst) {
  ASSERT_NE(port().snapshot(), nullptr);
  EXPECT_EQ(port().snapshot()->item_count(), 0U);
  EXPECT_TRUE(user_ids(port(), std::nullopt, 10).empty());
}

TEST_P(CatalogueStoreContract, PutsItemsWhole) {
  Item plain;
  plain.id = ItemId("plain");
  ASSERT_TRUE(port().put_items({sample_item("film"), plain}).ok());
  EXPECT_EQ(stored(port(), "film"), sample_item("film"));
  EXPECT_EQ(stored(port(), "plain"), plain);
  EXPECT_EQ(stored(port(), "other"), std::nullopt);
  EXPECT_EQ(port().snapshot()->item_count(), 2U);
  EXPECT_TRUE(port().snapshot()->find_category("Comedy").has_value());
}

TEST_P(CatalogueStoreContract, AReplacedItemKeepsItsIndex) {
  ASSERT_TRUE(port().put_items({sample_item("film"), sample_item("other")}).ok());
  const auto before = port().snapshot();
  Item changed = sample_item("film");
  changed.title = "Another title";
  changed.price.reset();
  ASSERT_TRUE(port().put_items({changed}).ok());
  EXPECT_EQ(stored(port(), "film"), changed);
  EXPECT_EQ(port().snapshot()->find(ItemId("film")), before->find(ItemId("film")));
  EXPECT_EQ(port().snapshot()->item_count(), 2U);
  EXPECT_GT(port().snapshot()->revision(), before->revision());
  ASSERT_NE(find(*before, "film"), nullptr);
  EXPECT_EQ(*find(*before, "film"), sample_item("film"));  // Old snapshots do not change.
}

TEST_P(CatalogueStoreContract, TheLastOfDuplicatesWins) {
  Item later = sample_item("film");
  later.title = "Later";
  ASSERT_TRUE(port().put_items({sample_item("film"), later}).ok());
  EXPECT_EQ(stored(port(), "film"), later);
  EXPECT_EQ(port().snapshot()->item_count(), 1U);
  static_cast<void>(restart());  // Where there is one, it reads what was written.
  EXPECT_EQ(stored(port(), "film"), later);
}

TEST_P(CatalogueStoreContract, EnsuresOnlyWhatIsMissing) {
  ASSERT_TRUE(port().put_items({sample_item("film")}).ok());
  ASSERT_TRUE(port().ensure_items(item_ids({"new", "film", "new"}), kNoon).ok());
  EXPECT_EQ(stored(port(), "film"), sample_item("film"));
  Item bare;
  bare.id = ItemId("new");
  bare.created_at = kNoon;
  EXPECT_EQ(stored(port(), "new"), bare);
  EXPECT_EQ(port().snapshot()->item_count(), 2U);
  const auto revision = port().snapshot()->revision();
  ASSERT_TRUE(port().ensure_items(item_ids({"new", "film"}), kNoon + Duration(1)).ok());
  ASSERT_TRUE(port().ensure_items({}, kNoon).ok());
  EXPECT_EQ(port().snapshot()->revision(), revision);
  EXPECT_EQ(stored(port(), "new"), bare);
}

TEST_P(CatalogueStoreContract, ErasesItems) {
  ASSERT_TRUE(port().put_items({sample_item("a"), sample_item("b"), sample_item("c")}).ok());
  const auto before = port().snapshot();
  ASSERT_TRUE(port().erase_items(item_ids({"b", "unknown"})).ok());
  EXPECT_EQ(stored(port(), "b"), std::nullopt);
  EXPECT_EQ(stored(port(), "a"), sample_item("a"));
  EXPECT_EQ(port().snapshot()->item_count(), 2U);
  EXPECT_NE(find(*before, "b"), nullptr);
  EXPECT_EQ(port().snapshot()->at(*before->find(ItemId("b"))), nullptr);
}

TEST_P(CatalogueStoreContract, NeverGivesAnIndexToAnotherItem) {
  ASSERT_TRUE(port().put_items({sample_item("a"), sample_item("b")}).ok());
  const auto erased = port().snapshot()->find(ItemId("b"));
  ASSERT_TRUE(port().erase_items(item_ids({"b"})).ok());
  ASSERT_TRUE(port().put_items({sample_item("c")}).ok());
  EXPECT_NE(port().snapshot()->find(ItemId("c")), erased);
}

TEST_P(CatalogueStoreContract, TakesBigBatches) {
  std::vector<Item> items;
  for (int i = 0; i < 5000; ++i) items.push_back(sample_item("item-" + std::to_string(i)));
  ASSERT_TRUE(port().put_items(items).ok());
  ASSERT_TRUE(port().put_items({}).ok());
  EXPECT_EQ(port().snapshot()->item_count(), 5000U);
  static_cast<void>(restart());
  EXPECT_EQ(port().snapshot()->item_count(), 5000U);
  EXPECT_EQ(stored(port(), "item-4321"), sample_item("item-4321"));
}

TEST_P(CatalogueStoreContract, TakesItemsFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kItems = 25;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kItems; ++i) {
          const std::string id = std::to_string(t) + "-" + std::to_string(i);
          EXPECT_TRUE(port().put_items({sample_item(id)}).ok());
          EXPECT_TRUE(port().ensure_items(std::vector<ItemId>{ItemId("shared-" + std::to_string(i))}, kNoon).ok());
          EXPECT_TRUE(stored(port(), id).has_value());
        }
      });
    }
  }
  EXPECT_EQ(port().snapshot()->item_count(), static_cast<std::size_t>(kThreads * kItems + kItems));
}

TEST_P(CatalogueStoreContract, PutsUsersWhole) {
  User changed = sample_user("ann");
  changed.interests.clear();
  ASSERT_TRUE(port().put_users(std::vector{sample_user("ann"), sample_user("bob")}).ok());
  EXPECT_EQ(port().user(UserId("ann")).value(), sample_user("ann"));
  ASSERT_TRUE(port().put_users(std::vector{changed}).ok());
  ASSERT_TRUE(port().put_users({}).ok());
  EXPECT_EQ(port().user(UserId("ann")).value(), changed);
  EXPECT_EQ(port().user(UserId("bob")).value(), sample_user("bob"));
  const auto absent = port().user(UserId("eve"));
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().code(), ErrorCode::kNotFound);
}

TEST_P(CatalogueStoreContract, ListsUsersInPages) {
  std::vector<User> users;
  for (const char* id : {"c", "a", "d", "b", "aa"}) users.push_back(sample_user(id));
  ASSERT_TRUE(port().put_users(users).ok());
  using Ids = std::vector<std::string>;
  EXPECT_EQ(user_ids(port(), std::nullopt, 2), (Ids{"a", "aa"}));
  EXPECT_EQ(user_ids(port(), UserId("aa"), 2), (Ids{"b", "c"}));
  EXPECT_EQ(user_ids(port(), UserId("bb"), 10), (Ids{"c", "d"}));  // After one that is not there.
  EXPECT_EQ(user_ids(port(), UserId("d"), 10), Ids());
  EXPECT_EQ(user_ids(port(), std::nullopt, 0), Ids());
}

TEST_P(CatalogueStoreContract, ErasesUsers) {
  ASSERT_TRUE(port().put_users(std::vector{sample_user("ann"), sample_user("anna")}).ok());
  ASSERT_TRUE(port().erase_user(UserId("ann")).ok());
  ASSERT_TRUE(port().erase_user(UserId("ann")).ok());
  EXPECT_FALSE(port().user(UserId("ann")).ok());
  EXPECT_TRUE(port().user(UserId("anna")).ok());
}

TEST_P(CatalogueStoreContract, ItemsAndUsersAreApart) {
  ASSERT_TRUE(port().put_items({sample_item("1")}).ok());
  ASSERT_TRUE(port().put_users(std::vector{sample_user("1")}).ok());
  ASSERT_TRUE(port().erase_user(UserId("1")).ok());
  EXPECT_TRUE(stored(port(), "1").has_value());
  ASSERT_TRUE(port().put_users(std::vector{sample_user("1")}).ok());
  ASSERT_TRUE(port().erase_items(item_ids({"1"})).ok());
  EXPECT_TRUE(port().user(UserId("1")).ok());
}

TEST_P(CatalogueStoreContract, SurvivesARestart) {
  ASSERT_TRUE(port().put_items({sample_item("a"), sample_item("b")}).ok());
  ASSERT_TRUE(port().erase_items(item_ids({"b"})).ok());
  ASSERT_TRUE(port().ensure_items(item_ids({"bare"}), kNoon).ok());
  ASSERT_TRUE(port().put_users(std::vector{sample_user("ann")}).ok());
  if (!restart()) return;
  EXPECT_EQ(port().snapshot()->item_count(), 2U);
  EXPECT_EQ(stored(port(), "a"), sample_item("a"));
  EXPECT_TRUE(stored(port(), "bare").has_value());
  EXPECT_EQ(port().user(UserId("ann")).value(), sample_user("ann"));
}

}  // namespace
}  // namespace magpie::contract
