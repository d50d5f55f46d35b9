#include "api/admission.h"

namespace magpie::api {

bool Admission::admits(Time now, std::chrono::steady_clock::duration waited) {
  if (settings_.target == settings_.target.zero()) return true;
  const bool high = waited > settings_.target;
  std::optional<Time>& since = high ? high_since_ : low_since_;
  (high ? low_since_ : high_since_).reset();
  if (!since) since = now;
  if (now - *since >= settings_.interval) overloaded_ = high;
  return !(overloaded_ && high);
}

}  // namespace magpie::api
