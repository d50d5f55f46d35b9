// Resident memory of one process that has imported nothing itself, trained MovieLens-100k and answered for every user.

#include <set>

#include "engine.h"
#include "engine_server.h"
#include "leave_one_out.h"
#include "report.h"

namespace magpie::bench {
namespace {

constexpr double kMB = 1e6;
constexpr int kRounds = 5;

}  // namespace

Status engine_memory(const Setup& setup) {
  const tests::TemporaryDirectory directory;
  const auto data = directory.path() / "data";
  MAGPIE_RETURN_IF_ERROR(import_ml_100k(setup, setup.ml_100k, data));
  MAGPIE_ASSIGN_OR_RETURN(auto server, BenchServer::start(setup, data, {}));  // Trains: there is no model yet.
  MAGPIE_ASSIGN_OR_RETURN(const auto interactions, read_interactions(setup.ml_100k / "ml-100k.inter"));
  std::set<std::string> users;
  for (const auto& row : interactions) users.insert(row.user);
  app::HttpClient client(server.address(), std::chrono::seconds(60));
  for (int round = 0; round < kRounds; ++round) {
    for (const auto& user : users) {
      MAGPIE_RETURN_IF_ERROR(
          client.call("GET", "/v1/recommendations?explain=true&user_id=" + app::percent_encode(user)).status());
    }
  }
  MAGPIE_ASSIGN_OR_RETURN(const auto resident, server.resident());
  MAGPIE_ASSIGN_OR_RETURN(const auto peak, server.peak_resident());
  print({.name = "resident after training and serving",
         .value = resident / kMB,
         .unit = "MB",
         .better = Better::kLower,
         .bar = 150,
         .peer = "Gorse 0.5.11, serving",
         .peer_value = 98.6,
         .command = "./bench.sh engine-memory"});
  print({.name = "peak resident",
         .value = peak / kMB,
         .unit = "MB",
         .better = Better::kLower,
         .peer = "Gorse 0.5.11, peak",
         .peer_value = 171.0,
         .command = "./bench.sh engine-memory"});
  return server.stop();
}

}  // namespace magpie::bench
