// Recommendations for users by a Zipf law through a cache that is too small for all of them: four of five answers come
// from it, the others are computed.

#include "http_data.h"
#include "http_load.h"
#include "report.h"

namespace magpie::bench {
namespace {

constexpr int kRounds = 3;
constexpr int kSeconds = 5;  // A round; the first one, which fills the cache, is not counted.
constexpr std::size_t kTargets = 500'000;
constexpr double kHitRate = 0.8;
constexpr double kGorse = 500;  // Requests per CPU-second, 2.0 ms each: measured here.
constexpr auto kCommand = "./bench.sh http-mixed";
// At which the hit rate of this load is what it should be.
constexpr auto kCacheBytes = "cache.bytes=6000000";

struct CacheCounts {
  double hits = 0;
  double misses = 0;
};

Result<CacheCounts> cache_counts(const HttpServerProcess& server) {
  CacheCounts counts;
  MAGPIE_ASSIGN_OR_RETURN(counts.hits, server.metric("magpie_cache_hits_total"));
  MAGPIE_ASSIGN_OR_RETURN(counts.misses, server.metric("magpie_cache_misses_total"));
  return counts;
}

double hit_rate(const CacheCounts& from, const CacheCounts& to) {
  const double hits = to.hits - from.hits;
  return hits / (hits + to.misses - from.misses);
}

void report(double per_cpu_second, double hits, const Latency& latency) {
  print({.name = "mixed answers per CPU-second",
         .value = per_cpu_second,
         .unit = "requests/CPU-s",
         .bar = 15'000,
         .peer = "Gorse 0.5.11",
         .peer_value = kGorse,
         .command = kCommand});
  print({.name = "mixed answer, p99 at half load",
         .value = latency.p99 * 1e3,
         .unit = "ms",
         .better = Better::kLower,
         .bar = 5,
         .peer = "Gorse 0.5.11",
         .peer_value = 142,
         .command = kCommand});
  // Not to be more, or the figures above were too easy.
  print({.name = "share of mixed answers from the cache",
         .value = hits,
         .unit = "1",
         .better = Better::kLower,
         .bar = kHitRate + 0.01,
         .command = kCommand});
}

}  // namespace

Status http_mixed(const HttpSetup& setup) {
  const auto targets = setup.work / "mixed.txt";
  MAGPIE_ASSIGN_OR_RETURN(const auto data, journey_data(setup, "mixed"));
  MAGPIE_RETURN_IF_ERROR(write_targets(targets, recommendation_targets(kTargets)));
  MAGPIE_ASSIGN_OR_RETURN(auto server, HttpServerProcess::magpie(setup, data, {kCacheBytes}));
  MAGPIE_RETURN_IF_ERROR(saturate(setup, server, targets, kSeconds).status());
  MAGPIE_ASSIGN_OR_RETURN(const auto before, cache_counts(server));
  std::vector<double> per_cpu_second;
  for (int round = 0; round < kRounds; ++round) {
    MAGPIE_ASSIGN_OR_RETURN(const auto measured, saturate(setup, server, targets, kSeconds));
    per_cpu_second.push_back(measured.per_cpu_second);
  }
  MAGPIE_ASSIGN_OR_RETURN(const auto after, cache_counts(server));
  MAGPIE_ASSIGN_OR_RETURN(const auto latency, offer(setup, server, targets, median(per_cpu_second) / 2, kSeconds));
  report(median(per_cpu_second), hit_rate(before, after), latency);
  return server.stop();
}

}  // namespace magpie::bench
