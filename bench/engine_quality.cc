// Ranking quality of what the server itself answers: MovieLens-100k, leave-one-out (leave_one_out.h), all users
// counted, what a user knows from training removed by the server. Several training seeds; a bootstrap interval over
// users.

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/random.h"
#include "engine.h"
#include "engine_server.h"
#include "leave_one_out.h"
#include "report.h"

namespace magpie::bench {
namespace {

constexpr std::size_t kTop = 10;
constexpr int kSeeds = 5;
constexpr int kResamples = 2000;
// Gorse 0.5.11, the better of three trainings with the same split; measured once on another run of such a machine.
constexpr auto kPeer = "Gorse 0.5.11, same split, best of three trainings";
constexpr double kPeerHr = 0.080;
constexpr double kPeerNdcg = 0.038;

// Per user, averaged over seeds: 1 or 0 for a hit, and the discounted gain of its position.
struct Quality {
  std::vector<double> hit;
  std::vector<double> gain;
};

Result<std::vector<std::string>> ask(app::HttpClient& client, const std::string& user) {
  MAGPIE_ASSIGN_OR_RETURN(const auto body,
                          client.call("GET", "/v1/recommendations?n=10&user_id=" + app::percent_encode(user)));
  std::vector<std::string> items;
  const auto answer = nlohmann::json::parse(body);
  for (const auto& item : answer.at("items")) items.push_back(item.at("id"));
  return items;
}

Result<Quality> evaluate(const BenchServer& server, const Split& split) {
  app::HttpClient client(server.address(), std::chrono::seconds(60));
  Quality quality;
  for (const auto& [user, item] : split.test) {
    MAGPIE_ASSIGN_OR_RETURN(auto items, ask(client, user));
    items.resize(std::min(items.size(), kTop));
    const auto found = std::ranges::find(items, item);
    const auto position = static_cast<double>(found - items.begin());
    quality.hit.push_back(found == items.end() ? 0 : 1);
    quality.gain.push_back(found == items.end() ? 0 : 1 / std::log2(position + 2));
  }
  return quality;
}

Result<Quality> serve_and_evaluate(const Setup& setup, const std::filesystem::path& data, const Split& split,
                                   int most_per_category) {
  MAGPIE_ASSIGN_OR_RETURN(auto server,
                          BenchServer::start(setup, data,
                                             {"serving.max_per_category=" + std::to_string(most_per_category),
                                              // What is shown must not become data of the next seed's run.
                                              "serving.log_impressions=false", "train.on_start=false"}));
  MAGPIE_ASSIGN_OR_RETURN(auto quality, evaluate(server, split));
  MAGPIE_RETURN_IF_ERROR(server.stop());
  return quality;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// 95% percentile bootstrap of the mean over users.
std::pair<double, double> interval(const std::vector<double>& values) {
  Random random(1);
  std::vector<double> means;
  for (int resample = 0; resample < kResamples; ++resample) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += values[random.below(values.size())];
    means.push_back(sum / static_cast<double>(values.size()));
  }
  std::ranges::sort(means);
  return {means[kResamples / 40], means[kResamples - kResamples / 40 - 1]};
}

void print_figure(const std::string& name, double value, std::optional<double> bar, double peer) {
  print({.name = name,
         .value = value,
         .unit = "",
         .bar = bar,
         .peer = kPeer,
         .peer_value = peer,
         .command = "./bench.sh engine-quality"});
}

void add(std::vector<double>& sums, const std::vector<double>& values) {
  sums.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) sums[i] += values[i] / kSeeds;
}

void print_information(const std::string& name, double value) {
  print({.name = name, .value = value, .unit = "", .command = "./bench.sh engine-quality"});
}

Result<Quality> run_seeds(const Setup& setup, const std::filesystem::path& data, const Split& split,
                          int most_per_category) {
  Quality average;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    MAGPIE_RETURN_IF_ERROR(command(setup, {"train", "--data", data.string(), "--set", kMl100kWindow, "--set",
                                           "train.seed=" + std::to_string(seed)}));
    MAGPIE_ASSIGN_OR_RETURN(const auto quality, serve_and_evaluate(setup, data, split, most_per_category));
    if (most_per_category == 0) {
      print_information("hr@10, seed " + std::to_string(seed), mean(quality.hit));
      print_information("ndcg@10, seed " + std::to_string(seed), mean(quality.gain));
    }
    add(average.hit, quality.hit);
    add(average.gain, quality.gain);
  }
  return average;
}

}  // namespace

Status engine_quality(const Setup& setup) {
  MAGPIE_ASSIGN_OR_RETURN(auto interactions, read_interactions(setup.ml_100k / "ml-100k.inter"));
  const auto split = leave_one_out(five_core(std::move(interactions)));
  const tests::TemporaryDirectory directory;
  const auto source = directory.path() / "train";
  const auto data = directory.path() / "data";
  std::filesystem::create_directories(source);
  MAGPIE_RETURN_IF_ERROR(write_interactions(split.train, source / "ml-100k.inter"));
  MAGPIE_RETURN_IF_ERROR(write_items(split.train, setup.ml_100k / "ml-100k.item", source / "ml-100k.item"));
  MAGPIE_RETURN_IF_ERROR(import_ml_100k(setup, source, data));

  MAGPIE_ASSIGN_OR_RETURN(const auto plain, run_seeds(setup, data, split, 0));
  MAGPIE_ASSIGN_OR_RETURN(const auto diverse, run_seeds(setup, data, split, 3));
  print_figure("hr@10", mean(plain.hit), 0.085, kPeerHr);
  print_information("hr@10, 95% interval, low", interval(plain.hit).first);
  print_information("hr@10, 95% interval, high", interval(plain.hit).second);
  print_figure("ndcg@10", mean(plain.gain), 0.055, kPeerNdcg);
  print_information("ndcg@10, 95% interval, low", interval(plain.gain).first);
  print_information("ndcg@10, 95% interval, high", interval(plain.gain).second);
  print_figure("hr@10, at most 3 per category", mean(diverse.hit), std::nullopt, kPeerHr);
  print_figure("ndcg@10, at most 3 per category", mean(diverse.gain), std::nullopt, kPeerNdcg);
  return {};
}

}  // namespace magpie::bench
