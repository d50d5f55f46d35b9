// The benchmarks of the HTTP API: a server pinned to the first core, the load generator to the second, side by side
// with nginx where it is the peer. A later benchmark is a function over these parts: journey_data(), HttpServerProcess,
// saturate(), offer().
#pragma once

#include <filesystem>

#include "base/status.h"

namespace magpie::bench {

struct HttpSetup {
  std::filesystem::path magpie;      // The program.
  std::filesystem::path generator;   // magpie_http_load.
  std::filesystem::path wrk_script;  // http_wrk.lua
  std::filesystem::path nginx;       // The program.
  std::filesystem::path journey;     // The Complete Journey's Parquet files.
  std::filesystem::path work;        // Data directories are kept here from run to run.
};

// Answers from the cache, beside nginx with the same bytes.
[[nodiscard]] Status http_cached(const HttpSetup& setup);
// Four of five answers from the cache, by a bound on its size; users by a Zipf law.
[[nodiscard]] Status http_mixed(const HttpSetup& setup);

}  // namespace magpie::bench
