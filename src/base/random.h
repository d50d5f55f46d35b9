// Randomness, injected and seeded: the same seed gives the same results on every machine.
//
// std::mt19937_64 is fixed by the C++ standard but the std distributions are not, so the few that we need are here.
// Thread-safety: one generator a thread.
#pragma once

#include <cstdint>
#include <random>

namespace magpie {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  [[nodiscard]] std::uint64_t next() { return engine_(); }
  // Uniform in [0, bound); bound > 0. The bias of the multiply-shift is below bound / 2^64.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64);
  }
  // Uniform in [0, 1).
  [[nodiscard]] double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  // Standard normal (Marsaglia's polar method, one of the pair).
  [[nodiscard]] double normal();

 private:
  std::mt19937_64 engine_;
};

}  // namespace magpie
