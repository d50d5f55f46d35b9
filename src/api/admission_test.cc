#include "api/admission.h"

#include <gtest/gtest.h>

#include <deque>

namespace magpie::api {
namespace {

using std::chrono::milliseconds;

constexpr AdmissionSettings kSettings{milliseconds(10), milliseconds(100)};

Admission::Time at(int ms) { return Admission::Time() + milliseconds(ms); }

TEST(Admission, ABurstIsServedWhole) {
  Admission admission(kSettings);
  for (int ms = 0; ms < 100; ++ms) EXPECT_TRUE(admission.admits(at(ms), milliseconds(100 - ms)));
  EXPECT_FALSE(admission.overloaded());
}

TEST(Admission, AStandingQueueIsOverload) {
  Admission admission(kSettings);
  for (int ms = 0; ms < 100; ++ms) EXPECT_TRUE(admission.admits(at(ms), milliseconds(11)));
  EXPECT_FALSE(admission.admits(at(100), milliseconds(11)));
  EXPECT_TRUE(admission.admits(at(101), milliseconds(10))) << "what has not waited long is served";
  EXPECT_FALSE(admission.admits(at(102), milliseconds(11))) << "still overloaded";
}

TEST(Admission, OverloadEndsAfterAnIntervalWithoutLongWaits) {
  Admission admission(kSettings);
  admission.observe(at(0), milliseconds(50));
  admission.observe(at(100), milliseconds(50));
  ASSERT_TRUE(admission.overloaded());
  admission.observe(at(110), milliseconds(1));
  admission.observe(at(209), milliseconds(1));
  EXPECT_TRUE(admission.overloaded());
  admission.observe(at(210), milliseconds(1));
  EXPECT_FALSE(admission.overloaded());
  EXPECT_TRUE(admission.admits(at(211), milliseconds(50)));
}

TEST(Admission, OneLongPauseIsNotOverload) {
  Admission admission(kSettings);
  admission.observe(at(0), milliseconds(0));
  EXPECT_TRUE(admission.admits(at(1000), milliseconds(1000))) << "the process was not running";
  EXPECT_TRUE(admission.admits(at(1001), milliseconds(0)));
  EXPECT_FALSE(admission.overloaded());
}

TEST(Admission, ATargetOfZeroAdmitsEverything) {
  Admission admission({milliseconds(0), milliseconds(100)});
  for (int ms = 0; ms < 1000; ++ms) EXPECT_TRUE(admission.admits(at(ms), milliseconds(500)));
}

// A server that serves a request in 1 ms and refuses one in no time, offered two a millisecond.
TEST(Admission, UnderDoubleLoadTheServerStaysBusyAndWaitsStayNearTheTarget) {
  Admission admission(kSettings);
  std::deque<int> arrivals;
  int served = 0;
  int longest = 0;
  for (int ms = 0; ms < 10'000; ++ms) {
    arrivals.push_back(ms);
    arrivals.push_back(ms);
    bool busy = false;
    while (!busy && !arrivals.empty()) {
      const int waited = ms - arrivals.front();
      arrivals.pop_front();
      busy = admission.admits(at(ms), milliseconds(waited));
      if (!busy) continue;
      ++served;
      if (ms > 1000) longest = std::max(longest, waited);
    }
  }
  EXPECT_GT(served, 9'800);
  EXPECT_LE(longest, 20);
}

}  // namespace
}  // namespace magpie::api
