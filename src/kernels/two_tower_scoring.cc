#include "kernels/two_tower_scoring.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/topk.h"

namespace magpie {
namespace {

constexpr std::size_t kItemsAtOnce = 1024;
constexpr std::size_t kUsersAtOnce = 256;
constexpr std::size_t kMetricsDepth = 10;

// Users with at least one event before the last `held_out`.
std::vector<TwoTowerExample> users_with_history(const TwoTowerData& data, std::size_t held_out) {
  std::vector<TwoTowerExample> examples;
  for (std::size_t user = 0; user < data.users(); ++user) {
    const std::size_t events = data.of(user).size();
    if (events <= held_out) continue;
    examples.push_back({static_cast<std::uint32_t>(user), static_cast<std::uint32_t>(events - held_out)});
  }
  return examples;
}

std::vector<std::uint32_t> draw_pool(std::size_t items, std::size_t most, Random& random) {
  std::vector<std::uint32_t> pool(items);
  std::iota(pool.begin(), pool.end(), 0U);
  if (items <= most) return pool;
  for (std::size_t i = 0; i < most; ++i) std::swap(pool[i], pool[i + random.below(items - i)]);
  pool.resize(most);
  std::sort(pool.begin(), pool.end());
  return pool;
}

std::vector<std::uint32_t> sorted_rows(std::span<const ProfileItem> events) {
  std::vector<std::uint32_t> rows;
  for (const ProfileItem& event : events) rows.push_back(event.row);
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<ScoredRow> nearest(std::span<const float> scores, std::span<const std::uint32_t> pool,
                               std::span<const ProfileItem> events, std::size_t count) {
  const std::vector<std::uint32_t> known = sorted_rows(events);
  std::vector<ScoredRow> rows;
  rows.reserve(pool.size());
  for (std::size_t i = 0; i < pool.size(); ++i) {
    if (!std::binary_search(known.begin(), known.end(), pool[i])) rows.push_back({pool[i], scores[i]});
  }
  keep_top(rows, count);
  return rows;
}

// Of the user's event at `target` among the items that are none of the events before it; from 0.
std::size_t rank_of_target(std::span<const float> scores, std::span<const ProfileItem> events, std::size_t target) {
  const ScoredRow wanted{events[target].row, scores[events[target].row]};
  const auto before = [&](std::uint32_t row) { return ranks_before({row, scores[row]}, wanted); };
  std::size_t rank = 0;
  for (std::uint32_t row = 0; row < scores.size(); ++row) {
    if (before(row)) ++rank;
  }
  for (const ProfileItem& event : events.first(target)) {
    if (before(event.row)) --rank;
  }
  return rank;
}

}  // namespace

RowMatrix<float> all_item_vectors(const TwoTowerParameters<float>& parameters, const TowerItems& items,
                                  ShardTeam& team) {
  const TwoTowerShape& shape = parameters.shape;
  RowMatrix<float> vectors(eigen_index(shape.items), eigen_index(shape.dimensions));
  team.run([&](std::size_t shard) {
    const ShardRange range = shard_range(shape.items, shard);
    RowMatrix<float> inputs(eigen_index(kItemsAtOnce), eigen_index(shape.item_inputs()));
    TowerActivations<float> activations;
    for (std::size_t from = range.first; from < range.first + range.count; from += kItemsAtOnce) {
      const std::size_t count = std::min(kItemsAtOnce, range.first + range.count - from);
      for (std::size_t i = 0; i < count; ++i) {
        const auto item = static_cast<std::uint32_t>(from + i);
        item_input(parameters, items, item, item,
                   std::span(inputs.data() + i * shape.item_inputs(), shape.item_inputs()));
      }
      tower_forward<float>(parameters.item_tower, inputs.topRows(eigen_index(count)), activations);
      vectors.middleRows(eigen_index(from), eigen_index(count)) = activations.vectors;
    }
  });
  return vectors;
}

void TwoTowerScorer::score(const TwoTowerParameters<float>& parameters, const ConstRows<float>& item_vectors,
                           std::span<const TwoTowerExample> examples, const OnScores& on_scores) {
  RowMatrix<float> users;
  for (std::size_t from = 0; from < examples.size(); from += kUsersAtOnce) {
    const auto block = examples.subspan(from, std::min(kUsersAtOnce, examples.size() - from));
    network_.user_vectors(parameters, maker_.make_histories(block), users);
    team_.run([&](std::size_t shard) {
      const ShardRange range = shard_range(block.size(), shard);
      RowMatrix<float> scores(eigen_index(range.count), item_vectors.rows());
      multiply_by_transposed(users.middleRows(eigen_index(range.first), eigen_index(range.count)), item_vectors,
                             scores);
      const auto columns = static_cast<std::size_t>(scores.cols());
      for (std::size_t i = 0; i < range.count; ++i) {
        on_scores(from + range.first + i, std::span<const float>(scores.data() + i * columns, columns));
      }
    });
  }
}

IndexLists mine_hard_negatives(const TwoTowerData& data, const TwoTowerParameters<float>& parameters,
                               const ConstRows<float>& item_vectors, std::size_t held_out,
                               const HardNegativeParameters& mining, TwoTowerScorer& scorer, Random& random) {
  const std::vector<std::uint32_t> pool = draw_pool(data.items(), mining.pool, random);
  RowMatrix<float> pool_vectors(eigen_index(pool.size()), item_vectors.cols());
  for (std::size_t i = 0; i < pool.size(); ++i) pool_vectors.row(eigen_index(i)) = item_vectors.row(pool[i]);

  const std::vector<TwoTowerExample> examples = users_with_history(data, held_out);
  std::vector<std::vector<ScoredRow>> found(data.users());
  scorer.score(parameters, pool_vectors, examples, [&](std::size_t i, std::span<const float> scores) {
    const std::uint32_t user = examples[i].user;
    found[user] = nearest(scores, pool, data.of(user).first(examples[i].target), mining.per_user);
  });
  IndexLists lists;
  for (const std::vector<ScoredRow>& rows : found) {
    for (const ScoredRow& row : rows) lists.indices.push_back(row.row);
    lists.close();
  }
  return lists;
}

HeldOutMetrics evaluate_held_out(const TwoTowerData& data, const TwoTowerParameters<float>& parameters,
                                 const ConstRows<float>& item_vectors, std::size_t most_users, TwoTowerScorer& scorer) {
  const std::vector<TwoTowerExample> all = users_with_history(data, 1);
  std::vector<TwoTowerExample> examples;
  const std::size_t count = std::min(most_users, all.size());
  for (std::size_t i = 0; i < count; ++i) examples.push_back(all[i * all.size() / count]);

  std::vector<std::size_t> ranks(count);
  scorer.score(parameters, item_vectors, examples, [&](std::size_t i, std::span<const float> scores) {
    ranks[i] = rank_of_target(scores, data.of(examples[i].user), examples[i].target);
  });
  HeldOutMetrics metrics;
  metrics.users = count;
  for (const std::size_t rank : ranks) {
    if (rank >= kMetricsDepth) continue;
    metrics.hit_rate += 1 / static_cast<double>(count);
    metrics.ndcg += 1 / std::log2(static_cast<double>(rank) + 2) / static_cast<double>(count);
  }
  return metrics;
}

}  // namespace magpie
