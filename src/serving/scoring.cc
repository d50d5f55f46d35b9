#include "serving/scoring.h"

#include <algorithm>

#include "kernels/ranker.h"

namespace magpie::serving {
namespace {

bool scores_higher(const MergedCandidate& a, const MergedCandidate& b) {
  return a.score != b.score ? a.score > b.score : a.item < b.item;
}

bool source_scores_higher(const MergedCandidate& a, const MergedCandidate& b) {
  return a.source_score != b.source_score ? a.source_score > b.source_score : a.item < b.item;
}

void score(const RequestContext& context, std::span<MergedCandidate> known) {
  std::vector<std::uint32_t> rows;
  rows.reserve(known.size());
  for (const MergedCandidate& candidate : known) rows.push_back(*context.model->row_of(candidate.item));
  const Matrix features = candidate_features(context.model->table(), context.profile, context.signals, rows);
  for (std::size_t i = 0; i < known.size(); ++i) {
    known[i].score = ranker_score(context.model->model().ranker, features.row(i));
  }
}

}  // namespace

void score_and_sort(const RequestContext& context, std::vector<MergedCandidate>& candidates) {
  const auto unknown = std::partition(candidates.begin(), candidates.end(), [&](const MergedCandidate& candidate) {
    return context.model != nullptr && context.model->row_of(candidate.item).has_value();
  });
  if (unknown != candidates.begin()) score(context, {candidates.begin(), unknown});
  std::sort(candidates.begin(), unknown, scores_higher);
  std::sort(unknown, candidates.end(), source_scores_higher);
}

std::array<float, kRankerFeatures> contributions(const RequestContext& context, ItemIndex item) {
  const auto row = context.model == nullptr ? std::nullopt : context.model->row_of(item);
  if (!row) return {};
  const std::array<std::uint32_t, 1> rows{*row};
  const Matrix features = candidate_features(context.model->table(), context.profile, context.signals, rows);
  return ranker_contributions(context.model->model().ranker, features.row(0));
}

}  // namespace magpie::serving
