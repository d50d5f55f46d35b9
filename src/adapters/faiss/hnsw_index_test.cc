// The plugins, as the loader brings them in: every instruction set that this processor has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <thread>

#include "adapters/faiss/lazy_factory.h"
#include "adapters/faiss/plugin_loader.h"
#include "base/random.h"

namespace magpie::faiss_ann {
namespace {

using testing::HasSubstr;

const std::filesystem::path kPlugins = std::filesystem::path(MAGPIE_BINARY_DIR) / "lib" / "magpie";

// Rows around a few centres, of lengths that differ as those of popular and rare items do.
Matrix clustered_rows(std::size_t count, std::size_t dimensions, std::uint64_t seed) {
  Random random(seed);
  Matrix centres(32, dimensions);
  for (float& value : centres.values) value = static_cast<float>(random.normal());
  Matrix rows(count, dimensions);
  for (std::size_t r = 0; r < count; ++r) {
    const auto centre = centres.row(random.below(centres.rows));
    const double length = std::exp(0.5 * random.normal());
    for (std::size_t d = 0; d < dimensions; ++d) {
      rows.row(r)[d] = static_cast<float>(length * (centre[d] + 0.5 * random.normal()));
    }
  }
  return rows;
}

std::vector<std::uint32_t> exact_search(const Matrix& rows, std::span<const float> query, std::size_t k) {
  std::vector<std::pair<double, std::uint32_t>> scored;
  for (std::uint32_t r = 0; r < rows.rows; ++r) {
    double product = 0;
    for (std::size_t d = 0; d < query.size(); ++d) product += double{rows.row(r)[d]} * double{query[d]};
    scored.emplace_back(-product, r);
  }
  std::sort(scored.begin(), scored.end());
  std::vector<std::uint32_t> best;
  for (std::size_t i = 0; i < std::min(k, scored.size()); ++i) best.push_back(scored[i].second);
  return best;
}

class HnswIndexTest : public testing::TestWithParam<InstructionSet> {
 protected:
  void SetUp() override {
    if (!is_supported(GetParam())) GTEST_SKIP() << "this processor has no " << to_string(GetParam());
    auto factory = load_factory(kPlugins, HnswSettings(), GetParam());
    ASSERT_TRUE(factory.ok()) << factory.error().to_string();
    factory_ = *std::move(factory);
  }

  std::unique_ptr<VectorIndexFactory> factory_;
};

INSTANTIATE_TEST_SUITE_P(Plugins, HnswIndexTest, testing::ValuesIn(kInstructionSets),
                         [](const auto& set) { return std::string(to_string(set.param)); });

TEST_P(HnswIndexTest, FindsWhatExactSearchFinds) {
  const Matrix rows = clustered_rows(4000, 32, 1);
  const auto index = factory_->build(rows);
  ASSERT_TRUE(index.ok()) << index.error().to_string();
  EXPECT_EQ((*index)->size(), 4000U);
  EXPECT_EQ((*index)->dimensions(), 32U);
  const Matrix queries = clustered_rows(100, 32, 2);
  std::size_t found = 0;
  for (std::size_t q = 0; q < queries.rows; ++q) {
    const auto expected = exact_search(rows, queries.row(q), 10);
    const auto neighbours = (*index)->search(queries.row(q), 10);
    ASSERT_TRUE(neighbours.ok());
    ASSERT_EQ(neighbours->size(), 10U);
    for (const Neighbour& neighbour : *neighbours) {
      found += static_cast<std::size_t>(std::count(expected.begin(), expected.end(), neighbour.row));
    }
  }
  EXPECT_GE(static_cast<double>(found) / 1000, 0.95);
}

TEST_P(HnswIndexTest, SimilaritiesAreInnerProductsInDescendingOrder) {
  const Matrix rows = clustered_rows(500, 16, 3);
  const auto index = factory_->build(rows);
  ASSERT_TRUE(index.ok());
  const auto query = rows.row(7);
  const auto neighbours = (*index)->search(query, 20);
  ASSERT_TRUE(neighbours.ok());
  for (std::size_t i = 0; i < neighbours->size(); ++i) {
    float product = 0;
    for (std::size_t d = 0; d < 16; ++d) product += rows.row((*neighbours)[i].row)[d] * query[d];
    EXPECT_NEAR((*neighbours)[i].similarity, product, 2e-3 * std::abs(product) + 1e-2);
    if (i > 0) {
      EXPECT_LE((*neighbours)[i].similarity, (*neighbours)[i - 1].similarity);
    }
  }
}

TEST_P(HnswIndexTest, TheSameRowsGiveTheSameBytesAndThoseTheSameAnswers) {
  const Matrix rows = clustered_rows(1000, 24, 4);
  const auto index = factory_->build(rows);
  ASSERT_TRUE(index.ok());
  const auto bytes = (*index)->serialize();
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(*bytes, *(*factory_->build(rows))->serialize());

  const auto loaded = factory_->load(*bytes);
  ASSERT_TRUE(loaded.ok()) << loaded.error().to_string();
  EXPECT_EQ((*loaded)->size(), 1000U);
  EXPECT_EQ((*loaded)->dimensions(), 24U);
  for (std::size_t q = 0; q < 20; ++q) {
    const auto a = (*index)->search(rows.row(q), 5);
    const auto b = (*loaded)->search(rows.row(q), 5);
    ASSERT_EQ(a->size(), b->size());
    for (std::size_t i = 0; i < a->size(); ++i) {
      EXPECT_EQ((*a)[i].row, (*b)[i].row);
      EXPECT_EQ((*a)[i].similarity, (*b)[i].similarity);
    }
  }
}

TEST_P(HnswIndexTest, RefusesDamagedBytes) {
  const auto index = factory_->build(clustered_rows(50, 8, 5));
  ASSERT_TRUE(index.ok());
  const std::string good = *(*index)->serialize();
  for (std::size_t size = 0; size < good.size(); size += 1 + good.size() / 97) {
    const auto loaded = factory_->load(std::string_view(good).substr(0, size));
    ASSERT_FALSE(loaded.ok()) << size;
    EXPECT_EQ(loaded.error().code(), ErrorCode::kDataLoss);
  }
  for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 97) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    EXPECT_FALSE(factory_->load(bad).ok()) << at;
  }
  EXPECT_FALSE(factory_->load(good + "x").ok());
}

TEST_P(HnswIndexTest, ChecksItsInput) {
  EXPECT_EQ(factory_->build(Matrix()).error().code(), ErrorCode::kInvalidArgument);
  Matrix infinite(2, 2);
  infinite.values[3] = INFINITY;
  EXPECT_EQ(factory_->build(infinite).error().code(), ErrorCode::kInvalidArgument);

  const auto index = factory_->build(clustered_rows(5, 4, 6));
  ASSERT_TRUE(index.ok());
  const std::vector<float> short_query(3);
  EXPECT_EQ((*index)->search(short_query, 1).error().code(), ErrorCode::kInvalidArgument);
  const std::vector<float> bad_query{0, 0, 0, NAN};
  EXPECT_EQ((*index)->search(bad_query, 1).error().code(), ErrorCode::kInvalidArgument);
  const std::vector<float> query{1, 0, 0, 0};
  EXPECT_EQ((*index)->search(query, 100)->size(), 5U);
  EXPECT_TRUE((*index)->search(query, 0)->empty());
}

TEST_P(HnswIndexTest, AnEmptyIndexFindsNothing) {
  const auto index = factory_->build(Matrix(0, 4));
  ASSERT_TRUE(index.ok()) << index.error().to_string();
  const std::vector<float> query(4);
  EXPECT_TRUE((*index)->search(query, 3)->empty());
  const auto loaded = factory_->load(*(*index)->serialize());
  ASSERT_TRUE(loaded.ok()) << loaded.error().to_string();
  EXPECT_EQ((*loaded)->size(), 0U);
}

TEST_P(HnswIndexTest, SearchesSideBySide) {
  const Matrix rows = clustered_rows(1000, 16, 7);
  const auto index = factory_->build(rows);
  ASSERT_TRUE(index.ok());
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t q = t; q < 400; q += 4) {
        const auto neighbours = (*index)->search(rows.row(q), 10);
        EXPECT_TRUE(neighbours.ok() && neighbours->size() == 10);
      }
    });
  }
}

TEST(PluginLoader, TakesTheBestThatThereIs) {
  const auto factory = load_factory(kPlugins, HnswSettings());
  if (!is_supported(InstructionSet::kAvx2)) {
    ASSERT_FALSE(factory.ok());
    EXPECT_EQ(factory.error().code(), ErrorCode::kFailedPrecondition);
    return;
  }
  ASSERT_TRUE(factory.ok()) << factory.error().to_string();
  const bool avx512 = is_supported(InstructionSet::kAvx512);
  EXPECT_EQ((*factory)->describe(), avx512 ? "hnsw (avx512)" : "hnsw (avx2)");
}

TEST(PluginLoader, SaysWhyThereIsNone) {
  const auto factory = load_factory("/no/such/folder", HnswSettings());
  ASSERT_FALSE(factory.ok());
  EXPECT_EQ(factory.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_THAT(factory.error().message(), HasSubstr("avx2: "));
  EXPECT_THAT(factory.error().message(), HasSubstr("avx512: "));
}

TEST(LazyFactory, LoadsAtTheFirstUse) {
  const LazyFactory factory({}, kPlugins);
  EXPECT_EQ(factory.describe(), "hnsw (not loaded)");
  const auto index = factory.build(clustered_rows(10, 4, 8));
  if (!is_supported(InstructionSet::kAvx2)) {
    EXPECT_EQ(index.error().code(), ErrorCode::kFailedPrecondition);
    return;
  }
  ASSERT_TRUE(index.ok());
  EXPECT_THAT(factory.describe(), HasSubstr("avx"));
  EXPECT_TRUE(factory.load(*(*index)->serialize()).ok());
}

TEST(LazyFactory, FailsAtEveryUseWhereThereIsNoPlugin) {
  const LazyFactory factory({}, "/no/such/folder");
  EXPECT_EQ(factory.build(Matrix(1, 1)).error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(factory.load("").error().code(), ErrorCode::kFailedPrecondition);
}

}  // namespace
}  // namespace magpie::faiss_ann
