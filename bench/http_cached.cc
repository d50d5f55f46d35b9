// Answers from the cache beside nginx with the same bytes, in turns: requests per CPU-second, and p99 at half of what
// the server can.

#include "http_data.h"
#include "http_load.h"
#include "report.h"

namespace magpie::bench {
namespace {

constexpr int kRounds = 3;
constexpr int kSeconds = 5;  // A round.
constexpr std::size_t kTargets = 100'000;
constexpr double kBarOfNginx = 0.75;
constexpr double kBarP99 = 1.0;  // ms
constexpr auto kCommand = "./bench.sh http-cached";

// Asks once for everybody, so that all later answers are cached.
Status fill_cache(const HttpServerProcess& server) {
  app::HttpClient client(server.address(), std::chrono::seconds(60));
  for (std::size_t user = 1; user <= kJourneyUsers; ++user) {
    MAGPIE_RETURN_IF_ERROR(client.call("GET", "/v1/recommendations?user_id=" + std::to_string(user)).status());
  }
  return {};
}

struct Paths {
  std::filesystem::path data;
  std::filesystem::path nginx;
  std::filesystem::path targets;
  std::filesystem::path static_target;
};

struct Measured {
  double magpie = 0;  // Requests per CPU-second.
  double nginx = 0;
  Latency latency;
};

Result<Measured> measure(const HttpSetup& setup, const Paths& paths, const std::vector<std::string>& settings) {
  MAGPIE_ASSIGN_OR_RETURN(auto server, HttpServerProcess::magpie(setup, paths.data, settings));
  MAGPIE_RETURN_IF_ERROR(fill_cache(server));
  app::HttpClient client(server.address(), std::chrono::seconds(60));
  MAGPIE_ASSIGN_OR_RETURN(const auto body, client.call("GET", "/v1/recommendations?user_id=1"));
  if (body.find("\"cached\":true") == std::string::npos) return internal_error("not cached: " + body);
  MAGPIE_ASSIGN_OR_RETURN(auto nginx, HttpServerProcess::nginx(setup, paths.nginx, body));
  std::vector<double> ours;
  std::vector<double> theirs;
  for (int round = 0; round < kRounds; ++round) {
    MAGPIE_ASSIGN_OR_RETURN(const auto magpie, saturate(setup, server, paths.targets, kSeconds));
    MAGPIE_ASSIGN_OR_RETURN(const auto peer, saturate(setup, nginx, paths.static_target, kSeconds));
    ours.push_back(magpie.per_cpu_second);
    theirs.push_back(peer.per_cpu_second);
  }
  Measured measured{.magpie = median(ours), .nginx = median(theirs), .latency = {}};
  MAGPIE_ASSIGN_OR_RETURN(measured.latency, offer(setup, server, paths.targets, measured.magpie / 2, kSeconds));
  MAGPIE_RETURN_IF_ERROR(nginx.stop());
  MAGPIE_RETURN_IF_ERROR(server.stop());
  return measured;
}

void report(const Measured& measured, const std::string& what) {
  print({.name = "cached answers per CPU-second" + what,
         .value = measured.magpie,
         .unit = "requests/CPU-s",
         .bar = kBarOfNginx * measured.nginx,
         .peer = "nginx 1.22, the same bytes from a file",
         .peer_value = measured.nginx,
         .command = kCommand});
  print({.name = "cached answer, p99 at half load" + what,
         .value = measured.latency.p99 * 1e3,
         .unit = "ms",
         .better = Better::kLower,
         .bar = kBarP99,
         .command = kCommand});
}

}  // namespace

Status http_cached(const HttpSetup& setup) {
  Paths paths{.data = {},
              .nginx = setup.work / "nginx",
              .targets = setup.work / "cached.txt",
              .static_target = setup.work / "static.txt"};
  MAGPIE_RETURN_IF_ERROR(write_targets(paths.static_target, {"/answer.json"}));
  MAGPIE_ASSIGN_OR_RETURN(paths.data, journey_data(setup, "cached"));
  MAGPIE_RETURN_IF_ERROR(write_targets(paths.targets, recommendation_targets(kTargets)));
  MAGPIE_ASSIGN_OR_RETURN(const auto logged, measure(setup, paths, {}));
  report(logged, "");
  MAGPIE_ASSIGN_OR_RETURN(const auto unlogged, measure(setup, paths, {"serving.log_impressions=false"}));
  report(unlogged, ", impressions off");
  return {};
}

}  // namespace magpie::bench
