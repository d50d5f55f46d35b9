// ShardTeam: runs a fixed number of shards of one computation on a few threads.
//
// Work is cut into kShards pieces whatever the number of threads, and what pieces sum is added up in their order: so
// the result has the same bits on one thread and on eight. Not thread-safe: one run() at a time. Work must not throw.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "base/thread_pool.h"

namespace magpie {

class ShardTeam {
 public:
  static constexpr std::size_t kShards = 8;

  // 0 counts as 1; more than kShards are of no use.
  explicit ShardTeam(unsigned threads);

  // Calls work(shard) once for each shard, on any thread, and returns when all are done.
  void run(const std::function<void(std::size_t shard)>& work);

 private:
  std::size_t threads_;
  std::unique_ptr<ThreadPool> others_;  // Beside the calling thread; null where that is alone.
};

// The part of [0, size) that is a shard's.
struct ShardRange {
  std::size_t first = 0;
  std::size_t count = 0;
};
[[nodiscard]] ShardRange shard_range(std::size_t size, std::size_t shard);

}  // namespace magpie
