#include "http_load.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace magpie::bench {
namespace {

// Runs a generator on its core and reads the JSON object that is the last line of its output.
Result<nlohmann::json> generate(std::vector<std::string> argv, int seconds) {
  argv.insert(argv.begin(), {"/usr/bin/taskset", "-c", kLoadCore});
  MAGPIE_ASSIGN_OR_RETURN(const auto finished, tests::run_to_end(argv, std::chrono::seconds(seconds + 60)));
  const auto at = finished.output.rfind('{');
  const auto report =
      nlohmann::json::parse(finished.output.substr(std::min(at, finished.output.size())), nullptr, false);
  if (finished.status != 0 || report.is_discarded()) return internal_error(argv[3] + " failed: " + finished.output);
  if (report.value("failures", 1) != 0) return internal_error("requests failed: " + finished.output);
  return report;
}

}  // namespace

Result<Saturation> saturate(const HttpSetup& setup, const HttpServerProcess& server,
                            const std::filesystem::path& targets, int seconds) {
  const std::vector<std::string> argv{"/usr/bin/env",
                                      "MAGPIE_TARGETS=" + targets.string(),
                                      "/usr/bin/wrk",
                                      "-t1",
                                      "-c32",
                                      "-d" + std::to_string(seconds) + "s",
                                      "-s",
                                      setup.wrk_script.string(),
                                      "http://" + app::to_string(server.address())};
  MAGPIE_ASSIGN_OR_RETURN(const double before, server.cpu_seconds());
  MAGPIE_ASSIGN_OR_RETURN(const auto report, generate(argv, seconds));
  MAGPIE_ASSIGN_OR_RETURN(const double after, server.cpu_seconds());
  const double requests = report.value("requests", 0.0);
  return Saturation{.per_second = requests / report.value("seconds", 1.0),
                    .per_cpu_second = requests / (after - before)};
}

Result<Latency> offer(const HttpSetup& setup, const HttpServerProcess& server, const std::filesystem::path& targets,
                      double rate, int seconds) {
  const std::vector<std::string> argv{setup.generator.string(),
                                      "--port",
                                      std::to_string(server.address().port),
                                      "--targets",
                                      targets.string(),
                                      "--rate",
                                      std::to_string(rate),
                                      "--seconds",
                                      std::to_string(seconds)};
  MAGPIE_ASSIGN_OR_RETURN(const auto report, generate(argv, seconds));
  return Latency{
      .p50 = report.value("p50_s", 0.0), .p99 = report.value("p99_s", 0.0), .p999 = report.value("p999_s", 0.0)};
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace magpie::bench
