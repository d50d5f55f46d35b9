// Backoff: how long to wait before the next try of something that is unavailable.
// Thread-safety: none; one a loop.
#pragma once

#include <algorithm>

#include "base/clock.h"

namespace magpie::speed {

// Doubles from `first` up to `most`. Without jitter: there is one processor a log, so no herd to break up.
class Backoff {
 public:
  constexpr Backoff(Duration first, Duration most) : first_(first), most_(most), next_(first) {}

  [[nodiscard]] constexpr Duration next() {
    const Duration delay = next_;
    next_ = std::min(next_ * 2, most_);
    return delay;
  }
  constexpr void reset() { next_ = first_; }

 private:
  Duration first_;
  Duration most_;
  Duration next_;
};

}  // namespace magpie::speed
