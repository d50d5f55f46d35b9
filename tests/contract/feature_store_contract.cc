#include "tests/contract/feature_store_contract.h"

#include <atomic>
#include <map>
#include <thread>

#include "tests/contract/samples.h"

namespace magpie::contract {
namespace {

using Row = std::pair<UserId, BatchFeatures>;

FeatureUpdate user_update(const std::string& user, UserState state, Offset applied = 1) {
  FeatureUpdate update;
  update.applied = applied;
  update.users.emplace_back(UserId(user), std::move(state));
  return update;
}

UserState recent_of(FeatureStore& store, const std::string& user) {
  const auto features = store.user(UserId(user));
  EXPECT_TRUE(features.ok());
  return features.ok() ? (*features)->recent : UserState();
}

std::optional<BatchFeatures> batch_of(FeatureStore& store, const std::string& user) {
  const auto features = store.user(UserId(user));
  EXPECT_TRUE(features.ok());
  return features.ok() ? (*features)->batch : std::nullopt;
}

std::map<ItemId, ItemStats> all_items(FeatureStore& store) {
  std::map<ItemId, ItemStats> items;
  const Status status = store.for_each_item([&](const ItemId& id, const ItemStats& stats) {
    EXPECT_TRUE(items.emplace(id, stats).second) << id.get() << " came twice";
  });
  EXPECT_TRUE(status.ok());
  return items;
}

TEST_P(FeatureStoreContract, KnowsNothingAtFirst) {
  const auto features = port().user(UserId("ann"));
  ASSERT_TRUE(features.ok());
  ASSERT_NE(*features, nullptr);
  EXPECT_TRUE((*features)->recent.empty());
  EXPECT_FALSE((*features)->batch.has_value());
  EXPECT_EQ(port().item(ItemId("i")).value(), ItemStats());
  EXPECT_EQ(port().applied(0).value(), 0U);
  EXPECT_TRUE(all_items(port()).empty());
  const auto trending = port().trending();
  ASSERT_TRUE(trending.ok());
  ASSERT_NE(*trending, nullptr);
  EXPECT_TRUE((*trending)->overall.items.empty());
}

TEST_P(FeatureStoreContract, AppliesAnUpdateWhole) {
  FeatureUpdate update;
  update.partition = 0;
  update.applied = 42;
  update.users = {{UserId("ann"), sample_state(3, kNoon)}, {UserId("bob"), sample_state(1, kNoon)}};
  update.items = {{ItemId("i"), sample_stats(5)}, {ItemId("j"), sample_stats(6)}};
  ASSERT_TRUE(port().apply(update).ok());
  EXPECT_EQ(recent_of(port(), "ann"), sample_state(3, kNoon));
  EXPECT_EQ(recent_of(port(), "bob"), sample_state(1, kNoon));
  EXPECT_EQ(port().item(ItemId("i")).value(), sample_stats(5));
  EXPECT_EQ(port().item(ItemId("j")).value(), sample_stats(6));
  EXPECT_EQ(port().applied(0).value(), 42U);
}

TEST_P(FeatureStoreContract, AppliesOffsetsOfPartitionsApart) {
  ASSERT_TRUE(port().apply({.partition = 0, .applied = 5, .users = {}, .items = {}}).ok());
  ASSERT_TRUE(port().apply({.partition = 3, .applied = 9, .users = {}, .items = {}}).ok());
  EXPECT_EQ(port().applied(0).value(), 5U);
  EXPECT_EQ(port().applied(1).value(), 0U);
  EXPECT_EQ(port().applied(3).value(), 9U);
}

TEST_P(FeatureStoreContract, ReplacesAState) {
  ASSERT_TRUE(port().apply(user_update("ann", sample_state(3, kNoon))).ok());
  ASSERT_TRUE(port().apply(user_update("bob", sample_state(2, kNoon))).ok());
  EXPECT_EQ(recent_of(port(), "ann"), sample_state(3, kNoon));
  ASSERT_TRUE(port().apply(user_update("ann", sample_state(4, kNoon))).ok());
  EXPECT_EQ(recent_of(port(), "ann"), sample_state(4, kNoon));
  EXPECT_EQ(recent_of(port(), "bob"), sample_state(2, kNoon));
}

TEST_P(FeatureStoreContract, LayersNeverTouchEachOthersHalf) {
  ASSERT_TRUE(port().apply(user_update("ann", sample_state(3, kNoon))).ok());
  ASSERT_TRUE(port().load_batch(std::vector<Row>{{UserId("ann"), sample_batch(1)}}).ok());
  EXPECT_EQ(recent_of(port(), "ann"), sample_state(3, kNoon));
  EXPECT_EQ(batch_of(port(), "ann"), sample_batch(1));
  ASSERT_TRUE(port().apply(user_update("ann", sample_state(5, kNoon))).ok());
  EXPECT_EQ(batch_of(port(), "ann"), sample_batch(1));
  ASSERT_TRUE(port().load_batch(std::vector<Row>{{UserId("ann"), sample_batch(2)}}).ok());
  EXPECT_EQ(recent_of(port(), "ann"), sample_state(5, kNoon));
  EXPECT_EQ(batch_of(port(), "ann"), sample_batch(2));
}

TEST_P(FeatureStoreContract, LoadsManyBatchRows) {
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < 3000; ++i) rows.emplace_back(UserId("user-" + std::to_string(i)), sample_batch(i));
  ASSERT_TRUE(port().load_batch(rows).ok());
  ASSERT_TRUE(port().load_batch({}).ok());
  for (const auto& [user, batch] : rows) ASSERT_EQ(batch_of(port(), user.get()), batch);
}

TEST_P(FeatureStoreContract, AReaderKeepsWhatItRead) {
  ASSERT_TRUE(port().apply(user_update("ann", sample_state(3, kNoon))).ok());
  const auto before = port().user(UserId("ann")).value();
  ASSERT_TRUE(port().apply(user_update("ann", sample_state(9, kNoon))).ok());
  ASSERT_TRUE(port().erase(UserId("ann")).ok());
  EXPECT_EQ(before->recent, sample_state(3, kNoon));
}

TEST_P(FeatureStoreContract, EraseForgetsBothHalves) {
  for (const std::string user : {"ann", "anna"}) {
    ASSERT_TRUE(port().apply(user_update(user, sample_state(3, kNoon))).ok());
    ASSERT_TRUE(port().load_batch(std::vector<Row>{{UserId(user), sample_batch(1)}}).ok());
  }
  ASSERT_TRUE(port().erase(UserId("ann")).ok());
  ASSERT_TRUE(port().erase(UserId("nobody")).ok());
  EXPECT_TRUE(recent_of(port(), "ann").empty());
  EXPECT_FALSE(batch_of(port(), "ann").has_value());
  EXPECT_EQ(recent_of(port(), "anna"), sample_state(3, kNoon));
  EXPECT_EQ(batch_of(port(), "anna"), sample_batch(1));
  ASSERT_TRUE(port().apply(user_update("ann", sample_state(1, kNoon))).ok());
  EXPECT_EQ(recent_of(port(), "ann"), sample_state(1, kNoon));
  EXPECT_FALSE(batch_of(port(), "ann").has_value());
}

TEST_P(FeatureStoreContract, ExpiresByTheNewestEvent) {
  const Duration hour = std::chrono::hours(1);
  ASSERT_TRUE(port().apply(user_update("old", sample_state(3, kNoon - hour))).ok());
  ASSERT_TRUE(port().apply(user_update("old-impression", impressed_state(kNoon - hour))).ok());
  ASSERT_TRUE(port().apply(user_update("edge", sample_state(3, kNoon))).ok());
  ASSERT_TRUE(port().apply(user_update("new-impression", impressed_state(kNoon + hour))).ok());
  ASSERT_TRUE(port().load_batch(std::vector<Row>{{UserId("old"), sample_batch(1)}}).ok());
  EXPECT_EQ(port().expire(kNoon).value(), 2U);
  EXPECT_TRUE(recent_of(port(), "old").empty());
  EXPECT_EQ(batch_of(port(), "old"), sample_batch(1));
  EXPECT_TRUE(recent_of(port(), "old-impression").empty());
  EXPECT_EQ(recent_of(port(), "edge"), sample_state(3, kNoon));
  EXPECT_EQ(recent_of(port(), "new-impression"), impressed_state(kNoon + hour));
  EXPECT_EQ(port().expire(kNoon).value(), 0U);
}

TEST_P(FeatureStoreContract, ExpiresMany) {
  FeatureUpdate update;
  for (int i = 0; i < 2500; ++i) update.users.emplace_back(UserId("u" + std::to_string(i)), sample_state(1, kNoon));
  ASSERT_TRUE(port().apply(update).ok());
  EXPECT_EQ(port().expire(kNoon).value(), 0U);
  EXPECT_EQ(port().expire(kNoon + std::chrono::days(7)).value(), 2500U);
  EXPECT_TRUE(recent_of(port(), "u77").empty());
}

TEST_P(FeatureStoreContract, VisitsEveryItemOnce) {
  FeatureUpdate update;
  std::map<ItemId, ItemStats> expected;
  for (std::uint32_t i = 1; i <= 50; ++i) {
    const ItemId id("item-" + std::to_string(i));
    expected[id] = sample_stats(i);
    update.items.emplace_back(id, sample_stats(i));
  }
  update.users.emplace_back(UserId("item:1"), sample_state(1, kNoon));
  ASSERT_TRUE(port().apply(update).ok());
  EXPECT_EQ(all_items(port()), expected);
}

TEST_P(FeatureStoreContract, PublishesTrendingLists) {
  Trending trending;
  trending.computed_at = kNoon;
  trending.overall.items = {{ItemId("a"), 3.25}, {ItemId("b"), 0.1}};
  trending.by_category = {{"Comedy", {{ItemId("b"), 0.1}}}, {"Drama", {{ItemId("a"), 3.25}}}};
  ASSERT_TRUE(port().put_trending(std::make_shared<const Trending>()).ok());
  ASSERT_TRUE(port().put_trending(std::make_shared<const Trending>(trending)).ok());
  static_cast<void>(restart());  // Where there is one, they are served at once after it.
  const auto stored = port().trending().value();
  EXPECT_EQ(stored->computed_at, kNoon);
  ASSERT_EQ(stored->overall.items.size(), 2U);
  EXPECT_EQ(stored->overall.items[1].item, ItemId("b"));
  EXPECT_EQ(stored->overall.items[1].score, 0.1);
  ASSERT_EQ(stored->by_category.size(), 2U);
  EXPECT_EQ(stored->by_category[1].category, "Drama");
  EXPECT_EQ(stored->by_category[1].items.at(0).item, ItemId("a"));
}

// Reads race with writes: what a slow reader caches must never hide a write that is over.
TEST_P(FeatureStoreContract, AReadSeesEveryWriteThatIsOver) {
  constexpr std::uint32_t kStates = 300;
  std::atomic<std::uint32_t> written{0};
  const auto watch = [&] {
    while (written < kStates) {
      const std::uint32_t at_least = written;
      EXPECT_GE(recent_of(port(), "ann").interactions.size(), at_least);
    }
  };
  {
    const std::jthread first(watch);
    const std::jthread second(watch);
    for (std::uint32_t i = 1; i <= kStates; ++i) {
      EXPECT_TRUE(port().apply(user_update("ann", sample_state(i, kNoon), i)).ok());
      written = i;
      EXPECT_TRUE(port().apply(user_update("user-" + std::to_string(i), sample_state(1, kNoon), i)).ok());
    }
  }
  EXPECT_EQ(recent_of(port(), "ann"), sample_state(kStates, kNoon));
}

TEST_P(FeatureStoreContract, SurvivesARestart) {
  FeatureUpdate update = user_update("ann", sample_state(3, kNoon), 42);
  update.items.emplace_back(ItemId("i"), sample_stats(5));
  ASSERT_TRUE(port().apply(update).ok());
  ASSERT_TRUE(port().load_batch(std::vector<Row>{{UserId("ann"), sample_batch(1)}}).ok());
  ASSERT_TRUE(port().apply(user_update("bob", sample_state(1, kNoon), 43)).ok());
  ASSERT_TRUE(port().erase(UserId("bob")).ok());
  if (!restart()) return;
  EXPECT_EQ(recent_of(port(), "ann"), sample_state(3, kNoon));
  EXPECT_EQ(batch_of(port(), "ann"), sample_batch(1));
  EXPECT_TRUE(recent_of(port(), "bob").empty());
  EXPECT_EQ(port().item(ItemId("i")).value(), sample_stats(5));
  EXPECT_EQ(port().applied(0).value(), 43U);
}

}  // namespace
}  // namespace magpie::contract
