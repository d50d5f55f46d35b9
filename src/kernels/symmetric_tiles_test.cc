#include "kernels/symmetric_tiles.h"

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <Eigen/LU>

#include "base/random.h"

namespace magpie {
namespace {

// A A^T + I of a random square A: positive definite.
Eigen::MatrixXd positive_definite(std::size_t size, Random& random) {
  const auto n = static_cast<Eigen::Index>(size);
  const Eigen::MatrixXd factor = Eigen::MatrixXd::NullaryExpr(n, n, [&] { return random.normal(); });
  return factor * factor.transpose() + Eigen::MatrixXd::Identity(n, n);
}

SymmetricTiles tiles_of(const Eigen::MatrixXd& matrix, std::size_t tile) {
  SymmetricTiles tiles(static_cast<std::size_t>(matrix.rows()), tile);
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) tiles.at(i, j) = static_cast<float>(matrix(i, j));
  }
  return tiles;
}

std::vector<float> all_elements(const SymmetricTiles& tiles) {
  std::vector<float> elements(tiles.size() * tiles.size());
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    tiles.copy_row(i, std::span(elements).subspan(i * tiles.size(), tiles.size()));
  }
  return elements;
}

TEST(SymmetricTiles, AnElementIsItsOwnMirror) {
  SymmetricTiles tiles(5, 2);
  tiles.at(1, 4) = 7;
  tiles.at(3, 3) = 2;
  EXPECT_EQ(tiles.at(4, 1), 7);
  std::vector<float> row(5);
  tiles.copy_row(1, row);
  EXPECT_EQ(row, (std::vector<float>{0, 0, 0, 0, 7}));
  tiles.copy_row(4, row);
  EXPECT_EQ(row, (std::vector<float>{0, 7, 0, 0, 0}));
  tiles.copy_row(3, row);
  EXPECT_EQ(row, (std::vector<float>{0, 0, 0, 2, 0}));
}

TEST(SymmetricTiles, InverseEqualsTheExplicitOne) {
  Random random(1);
  for (const std::size_t size : {1, 2, 7, 8, 9, 31, 50}) {
    const Eigen::MatrixXd matrix = positive_definite(size, random);
    const Eigen::MatrixXd expected = matrix.inverse();
    SymmetricTiles tiles = tiles_of(matrix, 8);
    ASSERT_TRUE(invert(tiles, 2).ok());
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        EXPECT_NEAR(tiles.at(i, j), expected(i, j), 1e-4) << size << ": " << i << ", " << j;
      }
    }
  }
}

TEST(SymmetricTiles, InverseIsTheSameOnAnyNumberOfThreads) {
  Random random(2);
  const Eigen::MatrixXd matrix = positive_definite(70, random);
  SymmetricTiles alone = tiles_of(matrix, 16);
  ASSERT_TRUE(invert(alone, 1).ok());
  for (const unsigned threads : {2U, 3U, 5U}) {
    SymmetricTiles together = tiles_of(matrix, 16);
    ASSERT_TRUE(invert(together, threads).ok());
    EXPECT_EQ(all_elements(together), all_elements(alone)) << threads;
  }
}

TEST(SymmetricTiles, WhatIsNotPositiveDefiniteIsRefused) {
  SymmetricTiles zero(20, 8);
  EXPECT_EQ(invert(zero, 2).error().code(), ErrorCode::kInvalidArgument);
  SymmetricTiles late(20, 8);  // The pivot that fails is in the last tile.
  for (std::size_t i = 0; i < 20; ++i) late.at(i, i) = i == 19 ? -1.0F : 1.0F;
  EXPECT_FALSE(invert(late, 2).ok());
}

TEST(SymmetricTiles, NothingIsItsOwnInverse) {
  SymmetricTiles empty(0);
  EXPECT_TRUE(invert(empty, 2).ok());
}

}  // namespace
}  // namespace magpie
