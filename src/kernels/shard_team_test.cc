#include "kernels/shard_team.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace magpie {
namespace {

TEST(ShardTeam, RunsEachShardOnce) {
  for (const unsigned threads : {0U, 1U, 2U, 3U, 8U, 50U}) {
    ShardTeam team(threads);
    for (int round = 0; round < 100; ++round) {
      std::array<int, ShardTeam::kShards> runs{};
      team.run([&runs](std::size_t shard) { ++runs[shard]; });
      for (const int count : runs) ASSERT_EQ(count, 1) << threads << " threads";
    }
  }
}

TEST(ShardTeam, WhatOneRunWritesTheNextOneReads) {
  ShardTeam team(4);
  std::array<std::size_t, ShardTeam::kShards> values{};
  for (std::size_t round = 1; round <= 100; ++round) {
    team.run([&values](std::size_t shard) { ++values[shard]; });
    std::array<std::size_t, ShardTeam::kShards> sums{};
    team.run([&](std::size_t shard) {
      for (const std::size_t value : values) sums[shard] += value;
    });
    for (const std::size_t sum : sums) ASSERT_EQ(sum, round * ShardTeam::kShards);
  }
}

TEST(ShardTeam, RangesPartTheWhole) {
  for (const std::size_t size : {0UL, 1UL, 7UL, 8UL, 9UL, 1000UL}) {
    std::size_t next = 0;
    for (std::size_t shard = 0; shard < ShardTeam::kShards; ++shard) {
      const ShardRange range = shard_range(size, shard);
      EXPECT_EQ(range.first, next);
      EXPECT_LE(range.count, size / ShardTeam::kShards + 1);
      next = range.first + range.count;
    }
    EXPECT_EQ(next, size);
  }
}

}  // namespace
}  // namespace magpie
