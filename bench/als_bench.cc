#include "als_bench.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "als_data.h"
#include "als_parameters.h"
#include "als_peer.h"
#include "interaction_data.h"
#include "report.h"
#include "scoring_model.h"
#include "tests/contract/temporary_directory.h"

namespace magpie::bench {
namespace {

constexpr unsigned kThreads = 2;
constexpr std::size_t kTop = 20;
constexpr std::size_t kUsersAtOnce = 256;
constexpr std::size_t kMostUsers = 10'000;  // Every third, every tenth: the same for all.
constexpr std::uint64_t kSyntheticSeed = 1;
constexpr std::size_t kMostIterations = 20;

struct DataSet {
  std::string name;
  AlsDataSet kind;
  InteractionSplit split;
};

std::vector<std::uint32_t> judges(const InteractionSplit& split) {
  const std::vector<std::uint32_t> all = users_held_out(split);
  const std::size_t step = (all.size() + kMostUsers - 1) / kMostUsers;
  std::vector<std::uint32_t> users;
  for (std::size_t i = 0; i < all.size(); i += step) users.push_back(all[i]);
  return users;
}

double ndcg(const AlsModel& model, const InteractionSplit& split) {
  const std::vector<std::uint32_t> users = judges(split);
  MeanRankingMetrics metrics;
  for (std::size_t first = 0; first < users.size(); first += kUsersAtOnce) {
    const auto block = std::span(users).subspan(first, std::min(kUsersAtOnce, users.size() - first));
    add_full_ranking(split, block, factor_scores(model, block, kThreads), kTop, kThreads, metrics);
  }
  return metrics.mean().ndcg;
}

struct Reached {
  double ndcg = 0;
  double seconds = 0;
  std::size_t iterations = 0;
};

Result<Reached> best_of(const PeerRun& run, std::size_t iterations, const InteractionSplit& split) {
  const bool at_once = run.seconds().size() == 1;  // Only what all iterations led to is known.
  Reached best;
  for (std::size_t k = 0; k < run.seconds().size(); ++k) {
    MAGPIE_ASSIGN_OR_RETURN(const AlsModel model, run.model(k));
    const double quality = ndcg(model, split);
    const std::size_t done = at_once ? iterations : k + 1;
    std::fprintf(stderr, "  peer: iteration %zu, %.2f s, NDCG@20 %.5f\n", done, run.seconds()[k], quality);
    if (quality > best.ndcg) best = {quality, run.seconds()[k], done};
  }
  return best;
}

// Absent where no number of iterations reaches the target. Each number is a training of its own: nothing is left out
// of the time.
std::optional<Reached> time_to(double target, WeightedAls how, const InteractionSplit& split) {
  for (std::size_t iterations = 1; iterations <= kMostIterations; ++iterations) {
    how.parameters.iterations = iterations;
    const auto start = std::chrono::steady_clock::now();
    const AlsModel model = train_weighted_als(split.train, how);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    const double quality = ndcg(model, split);
    std::fprintf(stderr, "  magpie: %zu iterations, %.2f s, NDCG@20 %.5f\n", iterations, taken.count(), quality);
    if (quality >= target) return Reached{quality, taken.count(), iterations};
  }
  return std::nullopt;
}

void print_information(const std::string& name, double value, const std::string& unit, const std::string& command) {
  print({.name = name, .value = value, .unit = unit, .better = Better::kLower, .command = command});
}

struct Peer {
  std::string name;
  std::filesystem::path script;
  std::string packages;
  std::string command;
  double bar = 0;  // Our time by the peer's.
};

Status compare(const Peer& peer, const PeerParameters& parameters, const DataSet& data) {
  const std::string what = data.name + ", f=" + std::to_string(parameters.factors);
  std::fprintf(stderr, "%s against %s\n", what.c_str(), peer.name.c_str());
  const contract::TemporaryDirectory folder;
  MAGPIE_ASSIGN_OR_RETURN(const PeerRun run,
                          PeerRun::run(peer.script, peer.packages, data.split.train, parameters, folder.path()));
  MAGPIE_ASSIGN_OR_RETURN(const Reached theirs, best_of(run, parameters.iterations, data.split));
  const auto ours = time_to(theirs.ndcg, fast_als(data.kind, parameters.factors, kThreads), data.split);
  if (!ours) return internal_error("magpie does not reach NDCG@20 " + std::to_string(theirs.ndcg));
  print({.name = "validation ndcg@20, " + what,
         .value = ours->ndcg,
         .unit = "",
         .peer = peer.name,
         .peer_value = theirs.ndcg,
         .command = peer.command});
  print({.name = "training to the peer's best ndcg@20, " + what,
         .value = ours->seconds,
         .unit = "s",
         .better = Better::kLower,
         .peer = peer.name,
         .peer_value = theirs.seconds,
         .command = peer.command});
  print({.name = "training time by the peer's, " + what,
         .value = ours->seconds / theirs.seconds,
         .unit = "",
         .better = Better::kLower,
         .bar = peer.bar,
         .command = peer.command});
  print_information("iterations, " + what, static_cast<double>(ours->iterations), "", peer.command);
  print_information("iterations of " + peer.name + ", " + what, static_cast<double>(theirs.iterations), "",
                    peer.command);
  return {};
}

Result<std::vector<DataSet>> read_data(const AlsBenchSetup& setup, bool synthetic) {
  std::vector<DataSet> data;
  auto gowalla = gowalla_validation(setup.data);
  if (gowalla.ok()) {
    data.push_back({"gowalla", AlsDataSet::kGowalla, std::move(*gowalla)});
  } else if (gowalla.error().code() == ErrorCode::kNotFound) {
    std::fprintf(stderr, "als: %s: not measured on it\n", gowalla.status().to_string().c_str());
  } else {
    return gowalla.error();
  }
  if (synthetic) data.push_back({"synthetic 6M", AlsDataSet::kSynthetic, synthetic_validation(kSyntheticSeed)});
  for (const DataSet& set : data) {
    std::fprintf(stderr, "%s: %zu users, %zu items, %zu interactions in train, %zu held out\n", set.name.c_str(),
                 set.split.train.rows(), set.split.train.columns, set.split.train.indices.size(),
                 set.split.held_out.indices.size());
  }
  return data;
}

Peer implicit(const AlsBenchSetup& setup) {
  return {"implicit 0.7.2 (CG, native)", setup.scripts / "als_implicit.py", (setup.deps / "implicit").string(),
          "./bench.sh als", 0.5};
}

Peer spark(const AlsBenchSetup& setup) {
  return {"Spark MLlib 3.5.9, local[2]", setup.scripts / "als_spark.py",
          (setup.deps / "pyspark").string() + ":" + (setup.deps / "implicit").string(), "./bench.sh als-spark", 0.05};
}

Status search_implicit(const Peer& peer, const DataSet& data, PeerParameters parameters) {
  for (const double alpha : {20.0, 40.0, 80.0}) {
    for (const double regularization : {1.0, 10.0, 50.0}) {
      parameters.alpha = alpha;
      parameters.regularization = regularization;
      const contract::TemporaryDirectory folder;
      MAGPIE_ASSIGN_OR_RETURN(const PeerRun run,
                              PeerRun::run(peer.script, peer.packages, data.split.train, parameters, folder.path()));
      MAGPIE_ASSIGN_OR_RETURN(const Reached best, best_of(run, parameters.iterations, data.split));
      std::printf("%s f=%zu alpha=%g reg=%g: NDCG@20 %.5f at iteration %zu\n", data.name.c_str(), parameters.factors,
                  alpha, regularization, best.ndcg, best.iterations);
    }
  }
  return {};
}

}  // namespace

Status als_against_implicit(const AlsBenchSetup& setup) {
  MAGPIE_ASSIGN_OR_RETURN(const std::vector<DataSet> data, read_data(setup, true));
  for (const DataSet& set : data) {
    for (const std::size_t factors : {64U, 128U}) {
      const PeerParameters parameters = implicit_parameters(set.kind, factors, kThreads);
      MAGPIE_RETURN_IF_ERROR(setup.search ? search_implicit(implicit(setup), set, parameters)
                                          : compare(implicit(setup), parameters, set));
    }
  }
  return {};
}

Status als_against_spark(const AlsBenchSetup& setup) {
  MAGPIE_ASSIGN_OR_RETURN(const std::vector<DataSet> data, read_data(setup, false));
  for (const DataSet& set : data) {
    for (const std::size_t factors : {64U, 128U}) {
      MAGPIE_RETURN_IF_ERROR(compare(spark(setup), spark_parameters(factors, kThreads), set));
    }
  }
  return {};
}

}  // namespace magpie::bench
