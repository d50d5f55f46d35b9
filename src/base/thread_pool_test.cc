#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace magpie {
namespace {

TEST(ThreadPool, RunsEveryTaskThatItTook) {
  std::atomic<int> done = 0;
  {
    ThreadPool pool(3, 1000);
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(pool.try_submit([&done] { ++done; }));
  }  // The destructor runs what is queued.
  EXPECT_EQ(done, 1000);
}

TEST(ThreadPool, RefusesWhenTheQueueIsFull) {
  std::latch started(1);
  std::latch finish(1);
  std::atomic<int> done = 0;
  {
    ThreadPool pool(1, 2);
    ASSERT_TRUE(pool.try_submit([&] {
      started.count_down();
      finish.wait();
      ++done;
    }));
    started.wait();  // The one thread is busy and the queue empty.
    EXPECT_TRUE(pool.try_submit([&done] { ++done; }));
    EXPECT_TRUE(pool.try_submit([&done] { ++done; }));
    EXPECT_FALSE(pool.try_submit([&done] { ++done; }));
    finish.count_down();
  }
  EXPECT_EQ(done, 3);
}

TEST(ThreadPool, RunsTasksAtTheSameTime) {
  ThreadPool pool(2, 2);
  std::latch both(2);
  std::latch done(2);
  // Each waits for the other: one thread alone would never end.
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(pool.try_submit([&] {
      both.arrive_and_wait();
      done.count_down();
    }));
  }
  done.wait();
}

TEST(ThreadPool, ATaskMaySubmitAnother) {
  ThreadPool pool(1, 1);
  std::latch done(1);
  ASSERT_TRUE(pool.try_submit([&] { EXPECT_TRUE(pool.try_submit([&done] { done.count_down(); })); }));
  done.wait();
}

}  // namespace
}  // namespace magpie
