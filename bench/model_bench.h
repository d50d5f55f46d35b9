// Benchmarks of single models on published data sets. Each prints its figures as JSON lines on standard output, and
// what it is doing on standard error.
#pragma once

#include <filesystem>

#include "base/status.h"

namespace magpie::bench {

struct ModelBenchSetup {
  std::filesystem::path data;  // One folder per data set, as its README.md describes them.
  bool search = false;         // Choose hyperparameters on validation again, instead of using those found.
};

// The data set is absent: said on standard error, no figure, success.
[[nodiscard]] Status gowalla(const ModelBenchSetup& setup);
[[nodiscard]] Status ml_1m_ncf(const ModelBenchSetup& setup);

}  // namespace magpie::bench
