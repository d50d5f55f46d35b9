// Independent pieces of work on a few threads of their own.
//
// Which thread takes which piece is left to chance, so a piece must write what no other piece reads or writes, and must
// not depend on which pieces its thread had before; then the result does not depend on the number of threads.
// Thread-safe. Work must not throw.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace magpie {

// Calls make_worker() once on each of up to `threads` threads, this one included (0 count as 1), and its result, which
// may own scratch memory, with each i below `count` on one of them: in runs of `run` consecutive ones, low ones first.
template <typename MakeWorker>
void parallel_for_with(std::size_t count, std::size_t run, unsigned threads, const MakeWorker& make_worker) {
  std::atomic<std::size_t> next = 0;
  const auto take = [&] {
    auto worker = make_worker();
    for (std::size_t first = next.fetch_add(run); first < count; first = next.fetch_add(run)) {
      for (std::size_t i = first; i < std::min(count, first + run); ++i) worker(i);
    }
  };
  const std::size_t runs = (count + run - 1) / run;
  std::vector<std::jthread> others;
  for (std::size_t other = 1; other < std::min<std::size_t>(threads, runs); ++other) others.emplace_back(take);
  take();
}

// Calls work(i) for each i below `count`, low ones first, and returns when all are done.
template <typename Work>
void parallel_for(std::size_t count, unsigned threads, const Work& work) {
  parallel_for_with(count, 1, threads, [&] { return [&](std::size_t i) { work(i); }; });
}

}  // namespace magpie
