// What the engine benchmarks share: running commands to their end, and a server until it is stopped.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "app/http_client.h"
#include "base/status.h"
#include "engine.h"
#include "tests/process/child_process.h"

namespace magpie::bench {

// Runs `magpie ARGUMENTS`; a failure quotes its output.
[[nodiscard]] Status command(const Setup& setup, const std::vector<std::string>& arguments);

// Imports ml-100k in RecBole's layout, shifted so that it ends now. `directory` holds ml-100k.{inter,item}.
[[nodiscard]] Status import_ml_100k(const Setup& setup, const std::filesystem::path& directory,
                                    const std::filesystem::path& data);

// A ready server on `data`; gRPC off, port free. `settings`: NAME=VALUE.
class BenchServer {
 public:
  [[nodiscard]] static Result<BenchServer> start(const Setup& setup, const std::filesystem::path& data,
                                                 const std::vector<std::string>& settings);
  [[nodiscard]] const app::HostPort& address() const { return address_; }
  [[nodiscard]] std::chrono::duration<double> startup() const { return startup_; }
  // Bytes: resident now, and the most it ever was.
  [[nodiscard]] Result<double> resident() const { return status_field("VmRSS:"); }
  [[nodiscard]] Result<double> peak_resident() const { return status_field("VmHWM:"); }
  [[nodiscard]] Status stop();

 private:
  BenchServer(tests::ChildProcess process, app::HostPort address, std::chrono::duration<double> startup)
      : process_(std::move(process)), address_(std::move(address)), startup_(startup) {}
  [[nodiscard]] Result<double> status_field(const std::string& name) const;

  tests::ChildProcess process_;
  app::HostPort address_;
  std::chrono::duration<double> startup_;
};

// The history window that ml-100k's seven months need.
inline constexpr auto kMl100kWindow = "history.window=250d";

}  // namespace magpie::bench
