#include "kernels/calibration.h"

#include <algorithm>
#include <cmath>

namespace magpie {
namespace {

// Neighbouring outcomes taken together.
struct Block {
  double predicted = 0;  // Sum.
  double happened = 0;   // Sum.
  double count = 0;

  [[nodiscard]] double mean_prediction() const { return predicted / count; }
  [[nodiscard]] double rate() const { return happened / count; }
  void add(const Block& other) {
    predicted += other.predicted;
    happened += other.happened;
    count += other.count;
  }
};

// A block for each distinct prediction, ascending: what is predicted alike is treated alike.
std::vector<Block> by_prediction(std::vector<Outcome> outcomes) {
  std::sort(outcomes.begin(), outcomes.end(),
            [](const Outcome& a, const Outcome& b) { return a.predicted < b.predicted; });
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (i == 0 || outcomes[i].predicted != outcomes[i - 1].predicted) blocks.emplace_back();
    blocks.back().add({static_cast<double>(outcomes[i].predicted), outcomes[i].happened ? 1.0 : 0.0, 1});
  }
  return blocks;
}

// Pools each block with those before it as long as its rate is not above theirs.
std::vector<Block> pool_adjacent_violators(const std::vector<Block>& blocks) {
  std::vector<Block> pooled;
  for (Block block : blocks) {
    while (!pooled.empty() && pooled.back().rate() >= block.rate()) {
      block.add(pooled.back());
      pooled.pop_back();
    }
    pooled.push_back(block);
  }
  return pooled;
}

}  // namespace

std::vector<ReliabilityBin> reliability_bins(std::vector<Outcome> outcomes, std::size_t bins) {
  const auto total = static_cast<double>(outcomes.size());
  std::vector<ReliabilityBin> result;
  Block bin;
  double before = 0;
  const auto close = [&] {
    result.push_back({bin.mean_prediction(), bin.rate(), static_cast<std::uint64_t>(bin.count)});
    before += bin.count;
    bin = {};
  };
  for (const Block& block : by_prediction(std::move(outcomes))) {
    bin.add(block);
    const double due = total * static_cast<double>(result.size() + 1) / static_cast<double>(bins);
    if (before + bin.count >= due) close();
  }
  if (bin.count > 0) close();
  return result;
}

double expected_calibration_error(std::span<const ReliabilityBin> bins) {
  double error = 0;
  double total = 0;
  for (const ReliabilityBin& bin : bins) {
    error += static_cast<double>(bin.count) * std::abs(bin.predicted - bin.observed);
    total += static_cast<double>(bin.count);
  }
  return total == 0 ? 0 : error / total;
}

IsotonicMap fit_isotonic(std::vector<Outcome> outcomes, double prior) {
  const std::vector<Block> blocks = by_prediction(std::move(outcomes));
  Block all;
  for (const Block& block : blocks) all.add(block);
  IsotonicMap map;
  for (const Block& step : pool_adjacent_violators(blocks)) {
    const auto at = static_cast<float>(step.mean_prediction());
    const auto rate = static_cast<float>((step.happened + prior * all.rate()) / (step.count + prior));
    // Rounding to float may bring two means together, and the prior may turn two steps of different size round.
    if (!map.predicted.empty() && at <= map.predicted.back()) continue;
    map.predicted.push_back(at);
    map.probability.push_back(map.probability.empty() ? rate : std::max(rate, map.probability.back()));
  }
  return map;
}

}  // namespace magpie
