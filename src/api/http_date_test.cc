#include "api/http_date.h"

#include <gtest/gtest.h>

namespace magpie::api {
namespace {

using namespace std::chrono_literals;

TEST(HttpDate, IsTheExampleOfTheStandard) {
  EXPECT_EQ(http_date(std::chrono::sys_seconds(784111777s)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(std::chrono::sys_seconds(0s)), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(std::chrono::sys_seconds(1709251199s)), "Thu, 29 Feb 2024 23:59:59 GMT");
}

TEST(HttpDate, FollowsTheClock) {
  ManualClock clock(from_unix_ms(784111777'999));
  HttpDate date(clock);
  EXPECT_EQ(date.now(), "Sun, 06 Nov 1994 08:49:37 GMT");
  clock.advance(1ms);
  EXPECT_EQ(date.now(), "Sun, 06 Nov 1994 08:49:38 GMT");
}

}  // namespace
}  // namespace magpie::api
