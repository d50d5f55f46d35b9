// LoopWatch: how long what is ready waits for its event loop, and whether the loop should take one more request.
//
// A timer is due every few milliseconds; while it is overdue, the loop is busy with what became ready before. Whatever
// is looked at now has waited about as long as the timer is late, or, early in a round, as it was late the last time:
// that is how long the round before held up what came meanwhile. Without requests the timer rests.
//
// Thread-safety: all of it on the loop. The loop's context outlives this.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/admission.h"

namespace magpie::api {

class LoopWatch {
 public:
  LoopWatch(boost::asio::io_context& loop, AdmissionSettings settings) : timer_(loop), admission_(settings) {}

  // To be asked once for each request, when it is looked at.
  [[nodiscard]] bool admits(Admission::Time now);

 private:
  void arm(Admission::Time now);
  void tick();

  boost::asio::steady_timer timer_;
  Admission admission_;
  Admission::Time::duration last_delay_{0};  // Of the timer.
  bool armed_ = false;
  bool asked_ = false;  // Since the last tick.
};

}  // namespace magpie::api
