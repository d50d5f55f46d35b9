// The servers that HTTP benchmarks measure, each a process pinned to the first core: magpie, and nginx as its peer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/http_client.h"
#include "base/status.h"
#include "http_bench.h"
#include "tests/process/child_process.h"

namespace magpie::bench {

// The core of a server, and the core of who asks it.
inline constexpr auto kServerCore = "0";
inline constexpr auto kLoadCore = "1";

class HttpServerProcess {
 public:
  // `magpie serve` on `data`, ready: one event loop, gRPC off, no scheduled runs. `settings`: NAME=VALUE.
  [[nodiscard]] static Result<HttpServerProcess> magpie(const HttpSetup& setup, const std::filesystem::path& data,
                                                        const std::vector<std::string>& settings);
  // One worker that serves `body` as /answer.json out of `directory`, and writes no log.
  [[nodiscard]] static Result<HttpServerProcess> nginx(const HttpSetup& setup, const std::filesystem::path& directory,
                                                       const std::string& body);

  [[nodiscard]] const app::HostPort& address() const { return address_; }
  // Of all its threads, in user and kernel mode, so far.
  [[nodiscard]] Result<double> cpu_seconds() const;
  // The sum of a metric over its labels; 0 where it is not there. magpie only.
  [[nodiscard]] Result<double> metric(const std::string& name) const;
  [[nodiscard]] Status stop();

 private:
  HttpServerProcess(tests::ChildProcess process, app::HostPort address)
      : process_(std::move(process)), address_(std::move(address)) {}

  tests::ChildProcess process_;
  app::HostPort address_;
};

}  // namespace magpie::bench
