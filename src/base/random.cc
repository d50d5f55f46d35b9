#include "base/random.h"

#include <cmath>

namespace magpie {

double Random::normal() {
  while (true) {
    const double x = 2 * uniform() - 1;
    const double y = 2 * uniform() - 1;
    const double norm = x * x + y * y;
    if (norm > 0 && norm < 1) return x * std::sqrt(-2 * std::log(norm) / norm);
  }
}

}  // namespace magpie
