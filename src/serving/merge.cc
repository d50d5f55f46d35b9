#include "serving/merge.h"

#include <algorithm>
#include <tuple>

namespace magpie::serving {
namespace {

std::vector<MergedCandidate> flatten(std::span<const StrategyReport> reports) {
  std::vector<MergedCandidate> all;
  std::size_t count = 0;
  for (const StrategyReport& report : reports) count += report.candidates.size();
  all.reserve(count);
  for (const StrategyReport& report : reports) {
    SourceSet source;
    source.insert(report.source);
    for (const Candidate& candidate : report.candidates) {
      all.push_back({candidate.item, source, candidate.score, 0});
    }
  }
  return all;
}

void absorb(MergedCandidate& into, const MergedCandidate& other) {
  into.sources.insert(other.sources);
  into.source_score = std::max(into.source_score, other.source_score);
}

}  // namespace

std::vector<Source> SourceSet::list() const {
  std::vector<Source> sources;
  for (std::size_t i = 0; i < kSources; ++i) {
    if (contains(static_cast<Source>(i))) sources.push_back(static_cast<Source>(i));
  }
  return sources;
}

std::vector<MergedCandidate> merge(std::span<const StrategyReport> reports) {
  std::vector<MergedCandidate> all = flatten(reports);
  std::sort(all.begin(), all.end(), [](const MergedCandidate& a, const MergedCandidate& b) {
    return std::tie(a.item, a.sources) < std::tie(b.item, b.sources);
  });
  std::vector<MergedCandidate> merged;
  merged.reserve(all.size());
  for (const MergedCandidate& candidate : all) {
    if (!merged.empty() && merged.back().item == candidate.item) {
      absorb(merged.back(), candidate);
    } else {
      merged.push_back(candidate);
    }
  }
  return merged;
}

}  // namespace magpie::serving
