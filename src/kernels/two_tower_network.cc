#include "kernels/two_tower_network.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace magpie {
namespace {

constexpr double kEmbeddingDeviation = 0.1;

template <typename Real>
RowMatrix<Real> initial_embeddings(std::size_t rows, std::size_t columns, Random& random) {
  RowMatrix<Real> embeddings(eigen_index(rows), eigen_index(columns));
  for (Real& value : std::span(embeddings.data(), rows * columns)) {
    value = static_cast<Real>(kEmbeddingDeviation * random.normal());
  }
  return embeddings;
}

template <typename Real>
auto rows_of(RowMatrix<Real>& matrix, const ShardRange& range) {
  return matrix.middleRows(eigen_index(range.first), eigen_index(range.count));
}

template <typename Real>
std::span<Real> row_span(RowMatrix<Real>& matrix, std::size_t row) {
  const auto columns = static_cast<std::size_t>(matrix.cols());
  return {matrix.data() + row * columns, columns};
}

// The place of a row in a gradient that holds only the rows touched; a new one where it has none yet.
template <typename Real>
Eigen::Index slot_of(std::uint32_t row, std::vector<std::uint32_t>& slots, std::vector<std::uint32_t>& rows) {
  if (slots[row] == 0) {
    rows.push_back(row);
    slots[row] = static_cast<std::uint32_t>(rows.size());
  }
  return slots[row] - 1;
}

}  // namespace

template <typename Real>
TwoTowerParameters<Real> initial_parameters(const TwoTowerShape& shape, double temperature, Random& random) {
  TwoTowerParameters<Real> parameters;
  parameters.shape = shape;
  parameters.item_embeddings = initial_embeddings<Real>(shape.items + 1, shape.id_dimensions, random);
  parameters.category_embeddings = initial_embeddings<Real>(shape.categories, shape.category_dimensions, random);
  parameters.item_tower = initial_tower<Real>({shape.item_inputs(), shape.hidden, shape.dimensions}, random);
  parameters.user_tower = initial_tower<Real>({shape.user_inputs(), shape.hidden, shape.dimensions}, random);
  parameters.log_scale = static_cast<Real>(-std::log(temperature));
  return parameters;
}

template <typename Real>
void item_input(const TwoTowerParameters<Real>& parameters, const TowerItems& items, std::uint32_t item,
                std::uint32_t id_row, std::span<Real> out) {
  const TwoTowerShape& shape = parameters.shape;
  Eigen::Map<Eigen::RowVectorX<Real>> input(out.data(), eigen_index(out.size()));
  input.head(eigen_index(shape.id_dimensions)) = parameters.item_embeddings.row(id_row);
  auto categories = input.segment(eigen_index(shape.id_dimensions), eigen_index(shape.category_dimensions));
  categories.setZero();
  const std::span<const std::uint32_t> of_item = items.categories.row_indices(item);
  const std::span<const float> shares = items.categories.row_values(item);
  for (std::size_t i = 0; i < of_item.size(); ++i) {
    categories += static_cast<Real>(shares[i]) * parameters.category_embeddings.row(of_item[i]);
  }
  const std::span<const float> features = items.features.row(item);
  std::copy(features.begin(), features.end(), out.begin() + static_cast<std::ptrdiff_t>(shape.learned_inputs()));
}

template <typename Real>
double TwoTowerNetwork<Real>::differentiate(const TwoTowerParameters<Real>& parameters, const TwoTowerBatch& batch,
                                            TwoTowerGradient<Real>& gradient) {
  const TwoTowerShape& shape = parameters.shape;
  column_inputs_.resize(eigen_index(batch.columns.size()), eigen_index(shape.item_inputs()));
  item_vectors_.resize(eigen_index(batch.columns.size()), eigen_index(shape.dimensions));
  history_inputs_.resize(eigen_index(batch.histories.items.size()), eigen_index(shape.item_inputs()));
  user_inputs_.resize(batch.user_features.rows(), eigen_index(shape.user_inputs()));
  column_inputs_gradient_.resizeLike(column_inputs_);
  history_inputs_gradient_.resizeLike(history_inputs_);
  user_inputs_gradient_.resizeLike(user_inputs_);
  order_entries_by_item(batch.histories);

  team_.run([&](std::size_t shard) {
    gather_histories(parameters, batch, shard);
    items_forward(parameters, batch, shard);
  });
  team_.run([&](std::size_t shard) { users_pass(parameters, batch, shard); });
  team_.run([&](std::size_t shard) {
    items_backward(parameters, batch, shard);
    unpool(shape, batch, shard);
  });
  gradient.item_tower = Tower<Real>(parameters.item_tower.shape);
  gradient.user_tower = Tower<Real>(parameters.user_tower.shape);
  team_.run([&](std::size_t shard) { sum_towers(gradient, shard); });
  sum_embeddings(shape, batch, gradient);
  gradient.log_scale = 0;
  double loss = 0;
  for (const Shard& shard : shards_) {
    gradient.log_scale += shard.softmax.log_scale;
    loss += shard.loss;
  }
  return loss;
}

template <typename Real>
void TwoTowerNetwork<Real>::user_vectors(const TwoTowerParameters<Real>& parameters, const TwoTowerBatch& batch,
                                         RowMatrix<Real>& out) {
  const TwoTowerShape& shape = parameters.shape;
  history_inputs_.resize(eigen_index(batch.histories.items.size()), eigen_index(shape.item_inputs()));
  user_inputs_.resize(batch.user_features.rows(), eigen_index(shape.user_inputs()));
  out.resize(batch.user_features.rows(), eigen_index(shape.dimensions));
  team_.run([&](std::size_t shard) { gather_histories(parameters, batch, shard); });
  team_.run([&](std::size_t shard) {
    users_forward(parameters, batch, shard);
    rows_of(out, shard_range(static_cast<std::size_t>(out.rows()), shard)) = shards_[shard].users.vectors;
  });
}

template <typename Real>
void TwoTowerNetwork<Real>::gather_histories(const TwoTowerParameters<Real>& parameters, const TwoTowerBatch& batch,
                                             std::size_t shard) {
  const std::vector<std::uint32_t>& items = batch.histories.items;
  const ShardRange range = shard_range(items.size(), shard);
  for (std::size_t i = range.first; i < range.first + range.count; ++i) {
    item_input(parameters, items_, items[i], items[i], row_span(history_inputs_, i));
  }
}

template <typename Real>
void TwoTowerNetwork<Real>::pool(const TwoTowerShape& shape, const TwoTowerBatch& batch, std::size_t shard) {
  const PooledHistories& histories = batch.histories;
  const ShardRange range = shard_range(static_cast<std::size_t>(user_inputs_.rows()), shard);
  const Eigen::Index width = eigen_index(shape.item_inputs());
  for (std::size_t example = range.first; example < range.first + range.count; ++example) {
    auto input = user_inputs_.row(eigen_index(example));
    input.setZero();
    for (std::uint64_t entry = histories.offsets[example]; entry < histories.offsets[example + 1]; ++entry) {
      const auto item = history_inputs_.row(histories.entries[entry]);
      for (std::size_t h = 0; h < shape.half_lives; ++h) {
        const Real weight = static_cast<Real>(histories.weights[entry * shape.half_lives + h]);
        input.segment(eigen_index(h) * width, width) += weight * item;
      }
    }
    input.tail(eigen_index(shape.user_features)) = batch.user_features.row(eigen_index(example)).template cast<Real>();
  }
}

template <typename Real>
void TwoTowerNetwork<Real>::items_forward(const TwoTowerParameters<Real>& parameters, const TwoTowerBatch& batch,
                                          std::size_t shard) {
  const ShardRange range = shard_range(batch.columns.size(), shard);
  for (std::size_t i = range.first; i < range.first + range.count; ++i) {
    item_input(parameters, items_, batch.columns[i], batch.id_rows[i], row_span(column_inputs_, i));
  }
  TowerActivations<Real>& activations = shards_[shard].items;
  tower_forward<Real>(parameters.item_tower, rows_of(column_inputs_, range), activations);
  rows_of(item_vectors_, range) = activations.vectors;
}

template <typename Real>
void TwoTowerNetwork<Real>::users_forward(const TwoTowerParameters<Real>& parameters, const TwoTowerBatch& batch,
                                          std::size_t shard) {
  pool(parameters.shape, batch, shard);
  const ShardRange range = shard_range(static_cast<std::size_t>(user_inputs_.rows()), shard);
  tower_forward<Real>(parameters.user_tower, rows_of(user_inputs_, range), shards_[shard].users);
}

template <typename Real>
void TwoTowerNetwork<Real>::users_pass(const TwoTowerParameters<Real>& parameters, const TwoTowerBatch& batch,
                                       std::size_t shard) {
  users_forward(parameters, batch, shard);
  const ShardRange range = shard_range(static_cast<std::size_t>(user_inputs_.rows()), shard);
  Shard& own = shards_[shard];
  own.loss = sampled_softmax<Real>(own.users.vectors, range.first, item_vectors_, batch.softmax,
                                   std::exp(parameters.log_scale), own.softmax);
  tower_backward<Real>(parameters.user_tower, rows_of(user_inputs_, range), own.users, own.softmax.users,
                       own.user_tower, rows_of(user_inputs_gradient_, range));
}

template <typename Real>
void TwoTowerNetwork<Real>::items_backward(const TwoTowerParameters<Real>& parameters, const TwoTowerBatch& batch,
                                           std::size_t shard) {
  const ShardRange range = shard_range(batch.columns.size(), shard);
  RowMatrix<Real> vectors_gradient =
      RowMatrix<Real>::Zero(eigen_index(range.count), eigen_index(parameters.shape.dimensions));
  for (Shard& other : shards_) vectors_gradient += rows_of(other.softmax.items, range);
  Shard& own = shards_[shard];
  tower_backward<Real>(parameters.item_tower, rows_of(column_inputs_, range), own.items, vectors_gradient,
                       own.item_tower, rows_of(column_inputs_gradient_, range));
}

template <typename Real>
void TwoTowerNetwork<Real>::order_entries_by_item(const PooledHistories& histories) {
  item_offsets_.assign(histories.items.size() + 1, 0);
  for (const std::uint32_t item : histories.entries) ++item_offsets_[item + 1];
  std::partial_sum(item_offsets_.begin(), item_offsets_.end(), item_offsets_.begin());
  std::vector<std::uint64_t> next(item_offsets_.begin(), item_offsets_.end() - 1);
  item_entries_.resize(histories.entries.size());
  for (std::uint32_t example = 0; example + 1 < histories.offsets.size(); ++example) {
    for (std::uint64_t entry = histories.offsets[example]; entry < histories.offsets[example + 1]; ++entry) {
      item_entries_[next[histories.entries[entry]]++] = {example, static_cast<std::uint32_t>(entry)};
    }
  }
}

// The pooling backwards: to an item from every history that it is in.
template <typename Real>
void TwoTowerNetwork<Real>::unpool(const TwoTowerShape& shape, const TwoTowerBatch& batch, std::size_t shard) {
  const Eigen::Index width = eigen_index(shape.learned_inputs());
  const ShardRange range = shard_range(batch.histories.items.size(), shard);
  for (std::size_t item = range.first; item < range.first + range.count; ++item) {
    auto slopes = history_inputs_gradient_.row(eigen_index(item)).head(width);
    slopes.setZero();
    for (std::uint64_t i = item_offsets_[item]; i < item_offsets_[item + 1]; ++i) {
      const auto user_slopes = user_inputs_gradient_.row(item_entries_[i].example);
      const float* const weights = batch.histories.weights.data() + item_entries_[i].entry * shape.half_lives;
      for (std::size_t h = 0; h < shape.half_lives; ++h) {
        slopes += static_cast<Real>(weights[h]) * user_slopes.segment(eigen_index(h * shape.item_inputs()), width);
      }
    }
  }
}

template <typename Real>
void TwoTowerNetwork<Real>::sum_towers(TwoTowerGradient<Real>& gradient, std::size_t shard) const {
  const auto sum = [&](Tower<Real> Shard::* part, std::vector<Real>& total) {
    const ShardRange range = shard_range(total.size(), shard);
    for (const Shard& other : shards_) {
      Eigen::Map<Eigen::ArrayX<Real>>(total.data() + range.first, eigen_index(range.count)) +=
          Eigen::Map<const Eigen::ArrayX<Real>>((other.*part).values.data() + range.first, eigen_index(range.count));
    }
  };
  sum(&Shard::item_tower, gradient.item_tower.values);
  sum(&Shard::user_tower, gradient.user_tower.values);
}

template <typename Real>
void TwoTowerNetwork<Real>::sum_embeddings(const TwoTowerShape& shape, const TwoTowerBatch& batch,
                                           TwoTowerGradient<Real>& gradient) {
  item_slots_.resize(shape.items + 1);
  category_slots_.resize(shape.categories);
  gradient.item_rows.clear();
  gradient.category_rows.clear();
  gradient.item_embeddings.setZero(eigen_index(batch.columns.size() + batch.histories.items.size()),
                                   eigen_index(shape.id_dimensions));
  gradient.category_embeddings.setZero(eigen_index(shape.categories), eigen_index(shape.category_dimensions));
  const auto add = [&](std::uint32_t item, std::uint32_t id_row, const auto& slopes) {
    gradient.item_embeddings.row(slot_of<Real>(id_row, item_slots_, gradient.item_rows)) +=
        slopes.head(eigen_index(shape.id_dimensions));
    const std::span<const std::uint32_t> categories = items_.categories.row_indices(item);
    const std::span<const float> shares = items_.categories.row_values(item);
    for (std::size_t i = 0; i < categories.size(); ++i) {
      gradient.category_embeddings.row(slot_of<Real>(categories[i], category_slots_, gradient.category_rows)) +=
          static_cast<Real>(shares[i]) *
          slopes.segment(eigen_index(shape.id_dimensions), eigen_index(shape.category_dimensions));
    }
  };
  for (std::size_t i = 0; i < batch.columns.size(); ++i) {
    add(batch.columns[i], batch.id_rows[i], column_inputs_gradient_.row(eigen_index(i)));
  }
  for (std::size_t i = 0; i < batch.histories.items.size(); ++i) {
    const std::uint32_t item = batch.histories.items[i];
    add(item, item, history_inputs_gradient_.row(eigen_index(i)));
  }
  for (const std::uint32_t row : gradient.item_rows) item_slots_[row] = 0;
  for (const std::uint32_t row : gradient.category_rows) category_slots_[row] = 0;
}

template struct TwoTowerParameters<float>;
template struct TwoTowerParameters<double>;
template TwoTowerParameters<float> initial_parameters(const TwoTowerShape&, double, Random&);
template TwoTowerParameters<double> initial_parameters(const TwoTowerShape&, double, Random&);
template void item_input(const TwoTowerParameters<float>&, const TowerItems&, std::uint32_t, std::uint32_t,
                         std::span<float>);
template void item_input(const TwoTowerParameters<double>&, const TowerItems&, std::uint32_t, std::uint32_t,
                         std::span<double>);
template class TwoTowerNetwork<float>;
template class TwoTowerNetwork<double>;

}  // namespace magpie
