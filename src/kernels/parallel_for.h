// parallel_for: independent pieces of work on a few threads of their own.
//
// Which thread takes which piece is left to chance, so a piece must write what no other piece reads or writes; then the
// result does not depend on the number of threads. Thread-safe. Work must not throw.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace magpie {

// Calls work(i) for each i below `count`, low ones first, and returns when all are done. 0 threads count as 1.
template <typename Work>
void parallel_for(std::size_t count, unsigned threads, const Work& work) {
  std::atomic<std::size_t> next = 0;
  const auto take = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> others;
  for (std::size_t other = 1; other < std::min<std::size_t>(threads, count); ++other) others.emplace_back(take);
  take();
}

}  // namespace magpie
