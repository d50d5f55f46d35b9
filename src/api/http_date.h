// The Date header (RFC 9110, 5.6.7), formatted once a second. Thread-safety: one an event loop.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace magpie::api {

// "Sun, 06 Nov 1994 08:49:37 GMT"
[[nodiscard]] std::string http_date(std::chrono::sys_seconds time);

class HttpDate {
 public:
  explicit HttpDate(const Clock& clock) : clock_(clock) {}
  // Valid until the next call.
  [[nodiscard]] std::string_view now();

 private:
  const Clock& clock_;
  std::chrono::sys_seconds second_{};
  std::string text_;
};

}  // namespace magpie::api
