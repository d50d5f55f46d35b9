#include "api/loop_watch.h"

#include <algorithm>
#include <utility>

namespace magpie::api {
namespace {

// Short beside any target that makes sense, long beside the cost of a timer.
constexpr auto kPeriod = std::chrono::milliseconds(5);

}  // namespace

bool LoopWatch::admits(Admission::Time now) {
  asked_ = true;
  if (!armed_) arm(now);
  return admission_.admits(now, std::max(now - timer_.expiry(), last_delay_));
}

void LoopWatch::arm(Admission::Time now) {
  armed_ = true;
  timer_.expires_at(now + kPeriod);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

void LoopWatch::tick() {
  const auto now = std::chrono::steady_clock::now();
  last_delay_ = now - timer_.expiry();
  admission_.observe(now, last_delay_);
  armed_ = false;
  if (std::exchange(asked_, false) || admission_.overloaded()) {
    arm(now);
  } else {
    last_delay_ = {};
  }
}

}  // namespace magpie::api
