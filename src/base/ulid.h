// ULIDs (https://github.com/ulid/spec): the event id where the client sends none; sorts by creation time.
// Thread-safe.
#pragma once

#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/random.h"

namespace magpie {

class UlidGenerator {
 public:
  UlidGenerator(const Clock& clock, std::uint64_t seed) : clock_(clock), random_(seed) {}
  // 26 characters of Crockford's base 32.
  [[nodiscard]] std::string next();

 private:
  const Clock& clock_;
  std::mutex mutex_;
  Random random_;
};

}  // namespace magpie
