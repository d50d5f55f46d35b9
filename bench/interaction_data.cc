#include "interaction_data.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/random.h"
#include "kernels/parallel_for.h"
#include "kernels/topk.h"
#include "number_lines.h"

namespace magpie::bench {
namespace {

using Rows = std::vector<std::vector<std::uint32_t>>;

// Row u is what the line of user u has.
Result<Rows> read_rows(const std::filesystem::path& path) {
  MAGPIE_ASSIGN_OR_RETURN(const Rows lines, read_number_lines(path, " ", 1));
  Rows rows;
  for (const auto& line : lines) {
    if (rows.size() <= line[0]) rows.resize(line[0] + 1);
    rows[line[0]].assign(line.begin() + 1, line.end());
  }
  return rows;
}

// One past the largest item.
std::size_t item_count(const Rows& rows) {
  std::size_t count = 0;
  for (const auto& row : rows) {
    for (const std::uint32_t item : row) count = std::max<std::size_t>(count, item + 1);
  }
  return count;
}

// The k best of what is offered, in one pass: what a full buffer's k-th best beats is not looked at again.
class BestRows {
 public:
  explicit BestRows(std::size_t k) : k_(k) { rows_.reserve(kBuffer * k); }

  void offer(ScoredRow row) {
    if (row.score < least_) return;
    rows_.push_back(row);
    if (rows_.size() < kBuffer * k_) return;
    keep_top(rows_, k_);
    least_ = rows_.back().score;
  }

  [[nodiscard]] std::vector<std::uint32_t> take() {
    keep_top(rows_, k_);
    std::vector<std::uint32_t> best(rows_.size());
    std::ranges::transform(rows_, best.begin(), &ScoredRow::row);
    return best;
  }

 private:
  static constexpr std::size_t kBuffer = 8;

  std::size_t k_;
  std::vector<ScoredRow> rows_;
  float least_ = -std::numeric_limits<float>::infinity();
};

std::vector<std::uint32_t> best_unknown(std::span<const std::uint32_t> known, std::span<const float> scores,
                                        std::size_t k) {
  BestRows best(k);
  auto next_known = known.begin();
  for (std::uint32_t item = 0; item < scores.size(); ++item) {
    if (next_known != known.end() && *next_known == item) {
      ++next_known;
    } else {
      best.offer({item, scores[item]});
    }
  }
  return best.take();
}

}  // namespace

SparseMatrix matrix_of(std::vector<std::vector<std::uint32_t>> rows, std::size_t users, std::size_t items) {
  rows.resize(users);
  SparseMatrix matrix;
  matrix.columns = items;
  for (auto& row : rows) {
    std::ranges::sort(row);
    matrix.indices.insert(matrix.indices.end(), row.begin(), row.end());
    matrix.offsets.push_back(matrix.indices.size());
  }
  matrix.values.assign(matrix.indices.size(), 1.0F);
  return matrix;
}

SparseMatrix select_rows(const SparseMatrix& matrix, std::span<const std::uint32_t> rows) {
  SparseMatrix selected;
  selected.columns = matrix.columns;
  for (const std::uint32_t row : rows) {
    const auto indices = matrix.row_indices(row);
    const auto values = matrix.row_values(row);
    selected.indices.insert(selected.indices.end(), indices.begin(), indices.end());
    selected.values.insert(selected.values.end(), values.begin(), values.end());
    selected.offsets.push_back(selected.indices.size());
  }
  return selected;
}

Result<InteractionSplit> read_interaction_split(const std::filesystem::path& folder) {
  MAGPIE_ASSIGN_OR_RETURN(Rows train, read_rows(folder / "train.txt.xz"));
  MAGPIE_ASSIGN_OR_RETURN(Rows test, read_rows(folder / "test.txt.xz"));
  const std::size_t users = std::max(train.size(), test.size());
  const std::size_t items = std::max(item_count(train), item_count(test));
  return InteractionSplit{matrix_of(std::move(train), users, items), matrix_of(std::move(test), users, items)};
}

InteractionSplit split_at_random(const SparseMatrix& interactions, double share, std::uint64_t seed) {
  Random random(seed);
  const std::size_t users = interactions.rows();
  Rows train(users);
  Rows held_out(users);
  for (std::size_t user = 0; user < users; ++user) {
    const auto items = interactions.row_indices(user);
    train[user].assign(items.begin(), items.end());
    const auto count = static_cast<std::size_t>(std::lround(share * static_cast<double>(items.size())));
    for (std::size_t i = 0; i < count; ++i) {
      std::swap(train[user][random.below(train[user].size())], train[user].back());
      held_out[user].push_back(train[user].back());
      train[user].pop_back();
    }
  }
  return {matrix_of(std::move(train), users, interactions.columns),
          matrix_of(std::move(held_out), users, interactions.columns)};
}

std::vector<std::uint32_t> users_held_out(const InteractionSplit& split) {
  std::vector<std::uint32_t> users;
  for (std::uint32_t user = 0; user < split.held_out.rows(); ++user) {
    if (!split.held_out.row_indices(user).empty()) users.push_back(user);
  }
  return users;
}

void add_full_ranking(const InteractionSplit& split, std::span<const std::uint32_t> users, const Matrix& scores,
                      std::size_t k, unsigned threads, MeanRankingMetrics& metrics) {
  std::vector<RankingMetrics> each(users.size());
  parallel_for(users.size(), threads, [&](std::size_t i) {
    const auto best = best_unknown(split.train.row_indices(users[i]), scores.row(i), k);
    each[i] = ranking_metrics(best, split.held_out.row_indices(users[i]), k);
  });
  for (const RankingMetrics& of_user : each) metrics.add(of_user);
}

}  // namespace magpie::bench
