// Load on a server from the second core, and what came of it.
#pragma once

#include <filesystem>

#include "base/status.h"
#include "http_bench.h"
#include "http_process.h"

namespace magpie::bench {

struct Saturation {
  double per_second = 0;
  double per_cpu_second = 0;  // Of the server's own CPU time: what counts where the generator is the limit.
};
// As much as wrk can ask on 32 connections, for `seconds`. An answer that is no 2xx or 3xx is an error.
[[nodiscard]] Result<Saturation> saturate(const HttpSetup& setup, const HttpServerProcess& server,
                                          const std::filesystem::path& targets, int seconds);

struct Latency {
  double p50 = 0;   // Seconds, from the moment that a request is due.
  double p99 = 0;
  double p999 = 0;
};
// `rate` requests a second, open loop (http_load_main.cc). A failed request is an error.
[[nodiscard]] Result<Latency> offer(const HttpSetup& setup, const HttpServerProcess& server,
                                    const std::filesystem::path& targets, double rate, int seconds);

// The middle one of an odd number of runs.
[[nodiscard]] double median(std::vector<double> values);

}  // namespace magpie::bench
