// HNSW against exact search, in every plugin that this CPU can run.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "adapters/embedded/exact_index.h"
#include "adapters/faiss/lazy_factory.h"
#include "base/random.h"

namespace magpie::faiss_ann {
namespace {

constexpr std::size_t kRows = 4000;
constexpr std::size_t kDimensions = 32;
constexpr std::size_t kClusters = 40;
constexpr std::size_t kTop = 10;

// Unit vectors around cluster centres, as embeddings are.
Matrix clustered_rows(Random& random, std::size_t rows) {
  Random centre_random(5);
  Matrix centres(kClusters, kDimensions);
  for (auto& value : centres.values) value = static_cast<float>(centre_random.normal());
  Matrix matrix(rows, kDimensions);
  for (std::size_t r = 0; r < rows; ++r) {
    const auto centre = centres.row(random.below(kClusters));
    float norm = 0;
    for (std::size_t d = 0; d < kDimensions; ++d) {
      matrix.row(r)[d] = centre[d] + 0.6F * static_cast<float>(random.normal());
      norm += matrix.row(r)[d] * matrix.row(r)[d];
    }
    for (auto& value : matrix.row(r)) value /= std::sqrt(norm);
  }
  return matrix;
}

std::filesystem::path plugins() { return std::filesystem::path(MAGPIE_BINARY_DIR) / "lib" / "magpie"; }

std::set<std::uint32_t> rows_of(const std::vector<Neighbour>& neighbours) {
  std::set<std::uint32_t> rows;
  for (const auto& neighbour : neighbours) rows.insert(neighbour.row);
  return rows;
}

double recall(const VectorIndex& index, const VectorIndex& exact, const Matrix& queries) {
  std::size_t hits = 0;
  for (std::size_t q = 0; q < queries.rows; ++q) {
    const auto truth = rows_of(*exact.search(queries.row(q), kTop));
    for (const auto row : rows_of(*index.search(queries.row(q), kTop))) hits += truth.contains(row) ? 1 : 0;
  }
  return static_cast<double>(hits) / static_cast<double>(queries.rows * kTop);
}

TEST(Hnsw, FindsWhatExactSearchFinds) {
  ASSERT_FALSE(runnable_targets().empty());
  Random random(1);
  const auto rows = clustered_rows(random, kRows);
  const auto queries = clustered_rows(random, 100);
  const auto exact = embedded::ExactIndexFactory().build(rows);
  ASSERT_TRUE(exact.ok());
  for (const auto& target : runnable_targets()) {
    const auto factory = load_plugin(plugins(), target, {});
    ASSERT_TRUE(factory.ok()) << factory.status().to_string();
    const auto index = (*factory)->build(rows);
    ASSERT_TRUE(index.ok()) << index.status().to_string();
    EXPECT_EQ((*index)->size(), kRows);
    EXPECT_GE(recall(**index, **exact, queries), 0.95) << target;
  }
}

TEST(Hnsw, AnswersTheSameAfterARoundTrip) {
  Random random(2);
  const LazyFactory factory(plugins(), {});
  const auto built = factory.build(clustered_rows(random, 500));
  ASSERT_TRUE(built.ok()) << built.status().to_string();
  const auto bytes = (*built)->serialize();
  ASSERT_TRUE(bytes.ok());
  const auto loaded = factory.load(*bytes);
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  const auto queries = clustered_rows(random, 20);
  for (std::size_t q = 0; q < queries.rows; ++q) {
    const auto before = *(*built)->search(queries.row(q), kTop);
    const auto after = *(*loaded)->search(queries.row(q), kTop);
    ASSERT_EQ(before.size(), after.size());
    for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(before[i].row, after[i].row);
  }
}

TEST(Hnsw, BuildsTheSameBytesEveryTime) {
  Random random(3);
  const auto rows = clustered_rows(random, 800);
  const LazyFactory factory(plugins(), {});
  EXPECT_EQ(*(*factory.build(rows))->serialize(), *(*factory.build(rows))->serialize());
}

TEST(Hnsw, RefusesDamagedBytesAndWrongQueries) {
  Random random(4);
  const LazyFactory factory(plugins(), {});
  const auto index = factory.build(clustered_rows(random, 50));
  ASSERT_TRUE(index.ok());
  EXPECT_EQ(factory.load("no index").error().code(), ErrorCode::kDataLoss);
  const auto bytes = *(*index)->serialize();
  EXPECT_EQ(factory.load(std::string_view(bytes).substr(0, bytes.size() / 2)).error().code(), ErrorCode::kDataLoss);
  const std::vector<float> query(kDimensions + 1);
  EXPECT_EQ((*index)->search(query, 1).error().code(), ErrorCode::kInvalidArgument);
}

TEST(LazyFactory, SaysWhyThereIsNoPlugin) {
  const LazyFactory factory("/nonexistent", {});
  EXPECT_EQ(factory.build(Matrix(1, 1)).error().code(), ErrorCode::kFailedPrecondition);
}

}  // namespace
}  // namespace magpie::faiss_ann
