// From `magpie serve` on imported MovieLens-100k without a model to the first ready answer: opening, replay, training.

#include <algorithm>
#include <vector>

#include "engine.h"
#include "engine_server.h"
#include "report.h"

namespace magpie::bench {
namespace {

constexpr int kRuns = 5;

}  // namespace

Status engine_ready(const Setup& setup) {
  const tests::TemporaryDirectory directory;
  const auto imported = directory.path() / "imported";
  MAGPIE_RETURN_IF_ERROR(import_ml_100k(setup, setup.ml_100k, imported));
  std::vector<double> seconds;
  for (int run = 0; run < kRuns; ++run) {
    const auto data = directory.path() / ("run" + std::to_string(run));
    std::filesystem::copy(imported, data, std::filesystem::copy_options::recursive);
    MAGPIE_ASSIGN_OR_RETURN(auto server, BenchServer::start(setup, data, {}));
    app::HttpClient client(server.address(), std::chrono::seconds(60));
    MAGPIE_ASSIGN_OR_RETURN(const auto models, client.call("GET", "/v1/models"));
    if (models.find("\"version\":1") == std::string::npos) return internal_error("ready without a model: " + models);
    seconds.push_back(server.startup().count());
    MAGPIE_RETURN_IF_ERROR(server.stop());
  }
  std::ranges::sort(seconds);
  print({.name = "start to ready, median of 5",
         .value = seconds[kRuns / 2],
         .unit = "s",
         .better = Better::kLower,
         .bar = 8,
         .peer = "Gorse 0.5.11, matrix factorisation alone",
         .peer_value = 16.1,
         .command = "./bench.sh engine-ready"});
  print({.name = "start to ready, slowest of 5",
         .value = seconds.back(),
         .unit = "s",
         .better = Better::kLower,
         .peer = "Gorse 0.5.11, all its models",
         .peer_value = 171.8,
         .command = "./bench.sh engine-ready"});
  return {};
}

}  // namespace magpie::bench
