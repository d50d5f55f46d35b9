// Work sharing of the ALS half-steps. What a thread computes for an index must not depend on which indices it had
// before: then the result is the same whatever the threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace magpie {

// Calls make_worker() once on each of up to `threads` threads, this one included, and its result with every index below
// `count` on one of them, in runs of `run` consecutive ones.
template <typename MakeWorker>
void als_for_each(std::size_t count, std::size_t run, unsigned threads, const MakeWorker& make_worker) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    auto worker = make_worker();
    for (std::size_t first = next.fetch_add(run); first < count; first = next.fetch_add(run)) {
      for (std::size_t i = first; i < std::min(count, first + run); ++i) worker(i);
    }
  };
  const std::size_t runs = (count + run - 1) / run;
  std::vector<std::jthread> others;
  for (std::size_t thread = 1; thread < std::min<std::size_t>(threads, runs); ++thread) others.emplace_back(work);
  work();
}

}  // namespace magpie
