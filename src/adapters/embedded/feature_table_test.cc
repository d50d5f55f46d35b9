#include "adapters/embedded/feature_table.h"

#include <gtest/gtest.h>

#include "tests/contract/samples.h"

namespace magpie::embedded {
namespace {

using contract::kNoon;
using contract::sample_batch;
using contract::sample_state;

constexpr std::size_t kRoomy = 64 << 20;

FeatureTable::Entry entry(std::uint32_t views) {
  return std::make_shared<const UserFeatures>(UserFeatures{sample_state(views, kNoon), std::nullopt});
}

FeatureTable::Ticket miss(FeatureTable& table, const UserId& user) {
  FeatureTable::Ticket ticket;
  EXPECT_EQ(table.find(user, ticket), nullptr);
  return ticket;
}

FeatureTable::Entry find(FeatureTable& table, const UserId& user) {
  FeatureTable::Ticket ticket;
  return table.find(user, ticket);
}

TEST(FeatureTable, KeepsWhatIsOffered) {
  FeatureTable table(kRoomy);
  const UserId ann("ann");
  const auto offered = entry(2);
  table.offer(ann, offered, miss(table, ann));
  EXPECT_EQ(find(table, ann), offered);
  EXPECT_EQ(find(table, UserId("bob")), nullptr);
}

TEST(FeatureTable, RefusesAnOfferOlderThanAWrite) {
  FeatureTable table(kRoomy);
  const UserId ann("ann");
  const auto ticket = miss(table, ann);
  table.set_recent(ann, sample_state(3, kNoon));
  table.offer(ann, entry(2), ticket);
  EXPECT_EQ(find(table, ann), nullptr);
}

TEST(FeatureTable, RefusesAnOfferOlderThanADrop) {
  FeatureTable table(kRoomy);
  const UserId ann("ann");
  const auto ticket = miss(table, ann);
  table.drop(ann);
  table.offer(ann, entry(2), ticket);
  EXPECT_EQ(find(table, ann), nullptr);
}

TEST(FeatureTable, TheFirstOfTwoOffersStays) {
  FeatureTable table(kRoomy);
  const UserId ann("ann");
  const auto first = miss(table, ann);
  const auto second = miss(table, ann);
  const auto offered = entry(1);
  table.offer(ann, offered, first);
  table.offer(ann, entry(1), second);
  EXPECT_EQ(find(table, ann), offered);
}

TEST(FeatureTable, AWriteReplacesOneHalf) {
  FeatureTable table(kRoomy);
  const UserId ann("ann");
  table.offer(ann, entry(1), miss(table, ann));
  table.set_batch(ann, sample_batch(7));
  table.set_recent(ann, sample_state(4, kNoon));
  const auto found = find(table, ann);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->recent, sample_state(4, kNoon));
  EXPECT_EQ(found->batch, sample_batch(7));
  table.drop(ann);
  EXPECT_EQ(find(table, ann), nullptr);
}

TEST(FeatureTable, StaysWithinItsBytes) {
  constexpr std::size_t kBytes = 1 << 20;
  FeatureTable table(kBytes);
  for (int i = 0; i < 5000; ++i) {
    const UserId user("user-" + std::to_string(i));
    table.offer(user, entry(10), miss(table, user));
    ASSERT_LE(table.bytes(), kBytes);
  }
  EXPECT_GT(table.bytes(), kBytes / 2);
  EXPECT_EQ(find(table, UserId("user-0")), nullptr);
  EXPECT_NE(find(table, UserId("user-4999")), nullptr);
}

TEST(FeatureTable, TheLeastRecentlyUsedGoFirst) {
  FeatureTable table(1 << 20);
  const UserId ann("ann");
  table.offer(ann, entry(10), miss(table, ann));
  for (int i = 0; i < 5000; ++i) {
    const UserId user("user-" + std::to_string(i));
    table.offer(user, entry(10), miss(table, user));
    ASSERT_NE(find(table, ann), nullptr) << i;  // In use all the time.
  }
}

TEST(FeatureTable, AnEntryLargerThanItsShareIsNotKept) {
  FeatureTable table(64 * 1024);
  const UserId ann("ann");
  table.offer(ann, entry(500), miss(table, ann));
  EXPECT_EQ(find(table, ann), nullptr);
  EXPECT_EQ(table.bytes(), 0U);
}

TEST(FeatureTable, GrowthBeyondTheBoundEvicts) {
  FeatureTable table(64 * 1024);
  const UserId ann("ann");
  table.offer(ann, entry(1), miss(table, ann));
  ASSERT_NE(find(table, ann), nullptr);
  table.set_recent(ann, sample_state(500, kNoon));
  EXPECT_EQ(find(table, ann), nullptr);
  EXPECT_EQ(table.bytes(), 0U);
}

}  // namespace
}  // namespace magpie::embedded
