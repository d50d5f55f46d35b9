#include "kernels/shard_team.h"

#include <algorithm>
#include <atomic>
#include <latch>

namespace magpie {

ShardTeam::ShardTeam(unsigned threads) : threads_(std::clamp<std::size_t>(threads, 1, kShards)) {
  if (threads_ > 1) others_ = std::make_unique<ThreadPool>(threads_ - 1, threads_ - 1);
}

void ShardTeam::run(const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  const auto take_shards = [&] {
    for (std::size_t shard = next++; shard < kShards; shard = next++) work(shard);
  };
  std::latch others_done(static_cast<std::ptrdiff_t>(threads_ - 1));
  for (std::size_t other = 1; other < threads_; ++other) {
    const bool taken = others_->try_submit([&] {
      take_shards();
      others_done.count_down();
    });
    if (!taken) others_done.count_down();  // Never, the queue has a place for each; the caller would do its share.
  }
  take_shards();
  others_done.wait();
}

ShardRange shard_range(std::size_t size, std::size_t shard) {
  const std::size_t first = size * shard / ShardTeam::kShards;
  return {first, size * (shard + 1) / ShardTeam::kShards - first};
}

}  // namespace magpie
