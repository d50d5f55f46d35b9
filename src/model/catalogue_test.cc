#include "model/catalogue.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/random.h"

namespace magpie {
namespace {

using Snapshot = std::shared_ptr<const CatalogueSnapshot>;

Item item(const std::string& id, std::vector<std::string> categories = {}) {
  Item made;
  made.id = ItemId(id);
  made.categories = std::move(categories);
  return made;
}

std::vector<ItemId> ids(const std::vector<std::string>& texts) {
  std::vector<ItemId> made;
  for (const std::string& text : texts) made.emplace_back(text);
  return made;
}

TEST(Catalogue, StartsEmpty) {
  const CatalogueSnapshot empty;
  EXPECT_EQ(empty.index_bound(), 0U);
  EXPECT_EQ(empty.item_count(), 0U);
  EXPECT_EQ(empty.revision(), 0U);
  EXPECT_EQ(empty.at(ItemIndex(0)), nullptr);
  EXPECT_FALSE(empty.find(ItemId("x")));
  EXPECT_FALSE(empty.find_hash(hash64("x")));
  EXPECT_FALSE(empty.find_category("c"));
  EXPECT_TRUE(empty.category_names().empty());
}

TEST(Catalogue, TagsHaveIndicesOfTheirOwn) {
  Item tagged = item("a", {"x"});
  tagged.tags = {"sale", "x"};
  const Snapshot first = CatalogueSnapshot().with({tagged}, {});
  EXPECT_EQ(first->at(ItemIndex(0))->tags, (std::vector{TagIndex(0), TagIndex(1)}));
  EXPECT_EQ(first->find_tag("x"), TagIndex(1));
  EXPECT_EQ(first->find_category("x"), CategoryIndex(0));
  tagged.id = ItemId("b");
  tagged.tags = {"new", "sale"};
  const Snapshot second = first->with({tagged}, {});
  EXPECT_EQ(second->at(ItemIndex(1))->tags, (std::vector{TagIndex(2), TagIndex(0)})) << "an index is given once";
  EXPECT_FALSE(first->find_tag("new"));
  EXPECT_FALSE(CatalogueSnapshot().find_tag("new"));
}

TEST(Catalogue, FindsWhatWasPut) {
  const Snapshot snapshot = CatalogueSnapshot().with({item("a", {"x", "y"}), item("b", {"y", "z"})}, {});
  ASSERT_EQ(snapshot->find(ItemId("b")), ItemIndex(1));
  const CatalogueItem* const b = snapshot->at(ItemIndex(1));
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(b->item, item("b", {"y", "z"}));
  EXPECT_EQ(b->id_hash, hash64("b"));
  EXPECT_EQ(b->categories, (std::vector{CategoryIndex(1), CategoryIndex(2)}));
  EXPECT_EQ(snapshot->find_hash(hash64("a")), ItemIndex(0));
  EXPECT_EQ(snapshot->find_category("z"), CategoryIndex(2));
  EXPECT_EQ(std::vector<std::string>(snapshot->category_names().begin(), snapshot->category_names().end()),
            (std::vector<std::string>{"x", "y", "z"}));
  EXPECT_EQ(snapshot->revision(), 1U);
}

TEST(Catalogue, AnItemKeepsItsIndexAndTheOldSnapshotItsItem) {
  const Snapshot before = CatalogueSnapshot().with({item("a", {"old"}), item("b")}, {});
  const Snapshot after = before->with({item("a", {"new"})}, {});
  EXPECT_EQ(after->find(ItemId("a")), ItemIndex(0));
  EXPECT_EQ(after->at(ItemIndex(0))->item.categories.front(), "new");
  EXPECT_EQ(before->at(ItemIndex(0))->item.categories.front(), "old");
  EXPECT_EQ(after->at(ItemIndex(1)), before->at(ItemIndex(1)));  // The same object.
  EXPECT_EQ(after->item_count(), 2U);
  EXPECT_EQ(after->index_bound(), 2U);
}

TEST(Catalogue, ADeletedItemLeavesAHole) {
  const Snapshot full = CatalogueSnapshot().with({item("a"), item("b")}, {});
  const Snapshot holed = full->with({}, ids({"a", "unknown"}));
  EXPECT_EQ(holed->item_count(), 1U);
  EXPECT_EQ(holed->at(ItemIndex(0)), nullptr);
  EXPECT_FALSE(holed->find(ItemId("a")));
  EXPECT_FALSE(holed->find_hash(hash64("a")));
  EXPECT_TRUE(full->find(ItemId("a")));
  const Snapshot again = holed->with({item("a")}, {});
  EXPECT_EQ(again->find(ItemId("a")), ItemIndex(2));
  EXPECT_EQ(again->at(ItemIndex(0)), nullptr);
}

TEST(Catalogue, ErasesFirstAndTakesTheLastOfTwins) {
  const Snapshot start = CatalogueSnapshot().with({item("a", {"1"})}, {});
  const Snapshot next = start->with({item("a", {"2"}), item("a", {"3"})}, ids({"a"}));
  EXPECT_EQ(next->find(ItemId("a")), ItemIndex(1));
  EXPECT_EQ(next->at(ItemIndex(1))->item.categories.front(), "3");
  EXPECT_EQ(next->item_count(), 1U);
}

// XXH3 multiplies the first 8 bytes of a 32-byte input, combined with a constant, by the next 8: where they equal the
// constant the product is 0, whatever the next 8 are.
std::string colliding_id(char variant) {
  return "\xB8\xFE\x6C\x39\x23\xA4\x4B\xBE" + std::string(8, variant) + std::string(16, 'x');
}

TEST(Catalogue, IdsWithOneHashAreTwoItems) {
  const std::string a = colliding_id('a');
  const std::string b = colliding_id('b');
  ASSERT_EQ(hash64(a), hash64(b));
  const Snapshot both = CatalogueSnapshot().with({item(a), item(b)}, {});
  EXPECT_EQ(both->find(ItemId(a)), ItemIndex(0));
  EXPECT_EQ(both->find(ItemId(b)), ItemIndex(1));
  EXPECT_EQ(both->find_hash(hash64(a)), ItemIndex(0));
  EXPECT_FALSE(both->find(ItemId(colliding_id('c'))));
  const Snapshot one = both->with({}, ids({a}));
  EXPECT_FALSE(one->find(ItemId(a)));
  EXPECT_EQ(one->find(ItemId(b)), ItemIndex(1));
  EXPECT_EQ(one->find_hash(hash64(a)), ItemIndex(1));
}

// The oracle: a map of what should be there, and every index ever given.
class CatalogueOracle {
 public:
  void put(const std::string& id, const std::string& category) { items_[id] = category; }
  void erase(const std::string& id) {
    items_.erase(id);
    indices_.erase(id);
  }
  void check(const CatalogueSnapshot& snapshot) {
    ASSERT_EQ(snapshot.item_count(), items_.size());
    std::size_t present = 0;
    for (std::uint32_t i = 0; i < snapshot.index_bound(); ++i) present += snapshot.at(ItemIndex(i)) != nullptr ? 1 : 0;
    ASSERT_EQ(present, items_.size());
    for (const auto& [id, category] : items_) check_item(snapshot, id, category);
  }

 private:
  void check_item(const CatalogueSnapshot& snapshot, const std::string& id, const std::string& category) {
    const auto index = snapshot.find(ItemId(id));
    ASSERT_TRUE(index) << id;
    ASSERT_EQ(snapshot.find_hash(hash64(id)), index);
    const CatalogueItem& found = *snapshot.at(*index);
    ASSERT_EQ(found.item.id.get(), id);
    ASSERT_EQ(found.item.categories.front(), category);
    ASSERT_EQ(snapshot.category_names()[found.categories.front().get()], category);
    const auto [known, is_new] = indices_.emplace(id, *index);
    ASSERT_EQ(known->second, *index);
    ASSERT_EQ(given_.insert(*index).second, is_new) << "an index was given twice";
  }

  std::map<std::string, std::string> items_;
  std::map<std::string, ItemIndex> indices_;
  std::set<ItemIndex> given_;
};

TEST(Catalogue, RandomChangesAgreeWithAMap) {
  Random random(5);
  CatalogueOracle oracle;
  Snapshot snapshot = std::make_shared<CatalogueSnapshot>();
  for (int round = 0; round < 30; ++round) {
    std::vector<Item> put;
    std::vector<ItemId> erased;
    const auto name = [&random] { return "item" + std::to_string(random.below(6000)); };
    for (auto count = random.below(300); count > 0; --count) {
      erased.emplace_back(name());
      oracle.erase(erased.back().get());
    }
    for (auto count = random.below(500); count > 0; --count) {
      const std::string category = "c" + std::to_string(random.below(50));
      put.push_back(item(name(), {category}));
      oracle.put(put.back().id.get(), category);
    }
    snapshot = snapshot->with(std::move(put), erased);
    EXPECT_EQ(snapshot->revision(), static_cast<std::uint64_t>(round + 1));
    ASSERT_NO_FATAL_FAILURE(oracle.check(*snapshot));
  }
  EXPECT_GT(snapshot->index_bound(), 2048U);  // Several chunks.
}

}  // namespace
}  // namespace magpie
