#include "tests/contract/vector_index_contract.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <thread>

#include "base/random.h"

namespace magpie::contract {
namespace {

constexpr std::size_t kRows = 2000;
constexpr std::size_t kDimensions = 20;  // Not a multiple of any vector width.

// Unit vectors around some centres, as trained item factors lie.
Matrix clustered_rows(std::size_t rows, std::uint64_t seed) {
  constexpr std::size_t kClusters = 20;
  Random random(seed);
  Matrix centres(kClusters, kDimensions);
  for (float& value : centres.values) value = static_cast<float>(random.normal());
  Matrix matrix(rows, kDimensions);
  for (std::size_t r = 0; r < rows; ++r) {
    const auto centre = centres.row(random.below(kClusters));
    auto row = matrix.row(r);
    double norm = 0;
    for (std::size_t c = 0; c < kDimensions; ++c) {
      row[c] = centre[c] + 0.5F * static_cast<float>(random.normal());
      norm += static_cast<double>(row[c]) * static_cast<double>(row[c]);
    }
    for (float& value : row) value /= static_cast<float>(std::sqrt(norm));
  }
  return matrix;
}

// The oracle: every row, in double precision.
std::vector<std::uint32_t> nearest_rows(const Matrix& rows, std::span<const float> query, std::size_t k) {
  std::vector<std::pair<double, std::uint32_t>> scored;
  for (std::uint32_t r = 0; r < rows.rows; ++r) {
    double sum = 0;
    for (std::size_t c = 0; c < rows.columns; ++c)
      sum += static_cast<double>(rows.row(r)[c]) * static_cast<double>(query[c]);
    scored.emplace_back(-sum, r);
  }
  std::ranges::sort(scored);
  std::vector<std::uint32_t> nearest;
  for (std::size_t i = 0; i < std::min(k, scored.size()); ++i) nearest.push_back(scored[i].second);
  return nearest;
}

std::unique_ptr<VectorIndex> build(const VectorIndexFactory& factory, const Matrix& rows) {
  auto index = factory.build(rows);
  EXPECT_TRUE(index.ok()) << index.status().to_string();
  return index.ok() ? *std::move(index) : nullptr;
}

using Found = std::vector<std::pair<std::uint32_t, float>>;

Found search(const VectorIndex& index, std::span<const float> query, std::size_t k) {
  const auto neighbours = index.search(query, k);
  EXPECT_TRUE(neighbours.ok()) << neighbours.status().to_string();
  Found found;
  for (const auto& neighbour : *neighbours) found.emplace_back(neighbour.row, neighbour.similarity);
  return found;
}

TEST_P(VectorIndexContract, FindsTheNearest) {
  const Matrix rows = clustered_rows(kRows, 1);
  const Matrix queries = clustered_rows(50, 2);
  const auto index = build(port(), rows);
  ASSERT_NE(index, nullptr);
  EXPECT_EQ(index->size(), kRows);
  EXPECT_EQ(index->dimensions(), kDimensions);
  constexpr std::size_t kNearest = 10;
  std::size_t hits = 0;
  for (std::size_t q = 0; q < queries.rows; ++q) {
    const auto expected = nearest_rows(rows, queries.row(q), kNearest);
    const std::set<std::uint32_t> wanted(expected.begin(), expected.end());
    const Found found = search(*index, queries.row(q), kNearest);
    EXPECT_EQ(found.size(), kNearest);
    for (const auto& [row, similarity] : found) hits += wanted.count(row);
  }
  EXPECT_GE(static_cast<double>(hits), 0.95 * static_cast<double>(queries.rows * kNearest));
}

TEST_P(VectorIndexContract, AnswersByDescendingSimilarityTiesByRow) {
  Matrix rows = clustered_rows(200, 3);
  for (std::size_t r = 0; r < rows.rows; r += 2) std::ranges::copy(rows.row(r), rows.row(r + 1).begin());
  const auto index = build(port(), rows);
  ASSERT_NE(index, nullptr);
  const Found found = search(*index, rows.row(8), 50);
  ASSERT_FALSE(found.empty());
  std::set<std::uint32_t> distinct;
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_TRUE(distinct.insert(found[i].first).second);
    if (i == 0) continue;
    EXPECT_GE(found[i - 1].second, found[i].second);
    const bool tie = found[i - 1].second == found[i].second;
    EXPECT_TRUE(!tie || found[i - 1].first < found[i].first);
  }
}

TEST_P(VectorIndexContract, SaysTheInnerProduct) {
  const Matrix rows = clustered_rows(300, 4);
  const auto index = build(port(), rows);
  ASSERT_NE(index, nullptr);
  for (const auto& [row, similarity] : search(*index, rows.row(17), 5)) {
    double expected = 0;
    for (std::size_t c = 0; c < kDimensions; ++c) expected += static_cast<double>(rows.row(row)[c]) * rows.row(17)[c];
    EXPECT_NEAR(similarity, expected, 2e-3);  // Rows may be stored at half precision.
  }
}

TEST_P(VectorIndexContract, GivesAtMostAllRows) {
  const Matrix rows = clustered_rows(7, 5);
  const auto index = build(port(), rows);
  ASSERT_NE(index, nullptr);
  EXPECT_EQ(search(*index, rows.row(0), 100).size(), 7U);
  EXPECT_TRUE(search(*index, rows.row(0), 0).empty());
}

TEST_P(VectorIndexContract, AnIndexOfNothingFindsNothing) {
  const auto index = build(port(), Matrix(0, kDimensions));
  ASSERT_NE(index, nullptr);
  EXPECT_EQ(index->size(), 0U);
  EXPECT_TRUE(search(*index, std::vector<float>(kDimensions, 1.0F), 3).empty());
}

TEST_P(VectorIndexContract, RefusesAnotherNumberOfDimensions) {
  const auto index = build(port(), clustered_rows(50, 6));
  ASSERT_NE(index, nullptr);
  for (const std::size_t dimensions : {std::size_t{0}, kDimensions - 1, kDimensions + 1}) {
    const auto answer = index->search(std::vector<float>(dimensions, 1.0F), 3);
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code(), ErrorCode::kInvalidArgument);
  }
}

TEST_P(VectorIndexContract, AnswersTheSameAfterARoundTrip) {
  const Matrix rows = clustered_rows(kRows, 7);
  const auto index = build(port(), rows);
  ASSERT_NE(index, nullptr);
  const auto bytes = index->serialize();
  ASSERT_TRUE(bytes.ok());
  const auto loaded = port().load(*bytes);
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_EQ((*loaded)->size(), kRows);
  EXPECT_EQ((*loaded)->dimensions(), kDimensions);
  for (std::size_t q = 0; q < 20; ++q) {
    EXPECT_EQ(search(**loaded, rows.row(q), 10), search(*index, rows.row(q), 10));
  }
}

TEST_P(VectorIndexContract, SameRowsGiveTheSameBytes) {
  const Matrix rows = clustered_rows(500, 8);
  EXPECT_EQ(build(port(), rows)->serialize().value(), build(port(), rows)->serialize().value());
}

TEST_P(VectorIndexContract, RefusesDamagedBytes) {
  const std::string bytes = build(port(), clustered_rows(100, 9))->serialize().value();
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{3}, bytes.size() / 2, bytes.size() - 1}) {
    const auto loaded = port().load(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(loaded.ok()) << size;
    EXPECT_EQ(loaded.error().code(), ErrorCode::kDataLoss) << size;
  }
  EXPECT_FALSE(port().load(bytes + "x").ok());
  EXPECT_FALSE(port().load(std::string(bytes.size(), '\x5a')).ok());
}

TEST_P(VectorIndexContract, SearchesFromManyThreads) {
  const Matrix rows = clustered_rows(500, 10);
  const auto index = build(port(), rows);
  ASSERT_NE(index, nullptr);
  const Found expected = search(*index, rows.row(3), 10);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) EXPECT_EQ(search(*index, rows.row(3), 10), expected);
    });
  }
}

TEST_P(VectorIndexContract, DescribesItself) { EXPECT_FALSE(port().describe().empty()); }

}  // namespace
}  // namespace magpie::contract
