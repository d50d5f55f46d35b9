#include "base/ulid.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace magpie {
namespace {

TEST(Ulid, BeginsWithTheTimeInCrockfordsBase32) {
  // The example of the specification: 1469918176385 ms is 01ARYZ6S41.
  const ManualClock clock(from_unix_ms(1469918176385));
  UlidGenerator ids(clock, 1);
  EXPECT_EQ(ids.next().substr(0, 10), "01ARYZ6S41");
}

TEST(Ulid, Has26CharactersOfTheAlphabet) {
  const ManualClock clock(from_unix_ms(1'700'000'000'000));
  UlidGenerator ids(clock, 1);
  for (int i = 0; i < 100; ++i) {
    const std::string id = ids.next();
    EXPECT_EQ(id.size(), 26U);
    EXPECT_EQ(id.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), std::string::npos) << id;
  }
}

TEST(Ulid, SortsByTime) {
  ManualClock clock(from_unix_ms(1'700'000'000'000));
  UlidGenerator ids(clock, 1);
  std::string previous = ids.next();
  for (int i = 0; i < 100; ++i) {
    clock.advance(Duration(1));
    const std::string next = ids.next();
    EXPECT_LT(previous, next);
    previous = next;
  }
}

TEST(Ulid, ThreadsNeverGetTheSame) {
  const ManualClock clock(from_unix_ms(0));
  UlidGenerator ids(clock, 1);
  std::vector<std::vector<std::string>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made) {
      threads.emplace_back([&ids, &mine] {
        for (int i = 0; i < 1000; ++i) mine.push_back(ids.next());
      });
    }
  }
  std::set<std::string> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 4000U);
}

}  // namespace
}  // namespace magpie
