#include "engine_server.h"

#include <csignal>
#include <fstream>
#include <sstream>

namespace magpie::bench {
namespace {

constexpr auto kPatience = std::chrono::seconds(600);

}  // namespace

Status command(const Setup& setup, const std::vector<std::string>& arguments) {
  std::vector<std::string> argv{setup.magpie.string()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  MAGPIE_ASSIGN_OR_RETURN(const auto finished, tests::run_to_end(argv, kPatience));
  if (finished.status != 0) return internal_error("magpie " + arguments[0] + " failed: " + finished.output);
  return {};
}

Status import_ml_100k(const Setup& setup, const std::filesystem::path& directory, const std::filesystem::path& data) {
  return command(setup, {"import", "--data", data.string(), "--layout", "recbole", "--rebase-time", "now", "--set",
                         kMl100kWindow, directory.string()});
}

Result<BenchServer> BenchServer::start(const Setup& setup, const std::filesystem::path& data,
                                       const std::vector<std::string>& settings) {
  std::vector<std::string> argv{
      setup.magpie.string(), "serve", "--data",     data.string(), "--listen", "127.0.0.1:0", "--set",
      "server.grpc_listen=", "--set", kMl100kWindow};
  for (const auto& setting : settings) argv.insert(argv.end(), {"--set", setting});
  const auto began = std::chrono::steady_clock::now();
  MAGPIE_ASSIGN_OR_RETURN(auto process, tests::ChildProcess::start(argv, data / "server.log"));
  MAGPIE_ASSIGN_OR_RETURN(auto address, tests::wait_until_ready(data, process, kPatience));
  return BenchServer(std::move(process), std::move(address), std::chrono::steady_clock::now() - began);
}

Result<double> BenchServer::status_field(const std::string& name) const {
  std::ifstream file("/proc/" + std::to_string(process_.pid()) + "/status");
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with(name)) continue;
    std::istringstream fields(line.substr(name.size()));
    double kibibytes = 0;
    fields >> kibibytes;
    return kibibytes * 1024;
  }
  return internal_error("no " + name + " in /proc");
}

Status BenchServer::stop() {
  process_.signal(SIGTERM);
  const auto status = process_.wait(kPatience);
  if (status != 0) return internal_error("the server ended with status " + std::to_string(status.value_or(-1)));
  return {};
}

}  // namespace magpie::bench
