// The benchmarks of the whole engine on one machine: each starts real `magpie` processes and talks to them over HTTP.
#pragma once

#include <filesystem>
#include <string>

#include "base/status.h"

namespace magpie::bench {

struct Setup {
  std::filesystem::path magpie;    // The program.
  std::filesystem::path ml_100k;   // RecBole's ml-100k.{inter,item,user}.
};

// Ranking quality of the server's own answers, over several training seeds.
[[nodiscard]] Status engine_quality(const Setup& setup);
// Start to ready from imported data without a model.
[[nodiscard]] Status engine_ready(const Setup& setup);
// Durable events a second over HTTP.
[[nodiscard]] Status engine_import(const Setup& setup);
// Resident memory after training and serving.
[[nodiscard]] Status engine_memory(const Setup& setup);

}  // namespace magpie::bench
