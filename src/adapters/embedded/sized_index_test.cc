#include "adapters/embedded/sized_index.h"

#include <gtest/gtest.h>

#include "adapters/embedded/exact_index.h"

namespace magpie::embedded {
namespace {

// Exact, and counting; or refusing, as on a machine without the instructions that it needs.
class Approximate final : public VectorIndexFactory {
 public:
  Result<std::unique_ptr<VectorIndex>> build(const Matrix& rows) const override {
    ++builds;
    if (refusal) return *refusal;
    return exact_.build(rows);
  }
  Result<std::unique_ptr<VectorIndex>> load(std::string_view bytes) const override {
    ++loads;
    return exact_.load(bytes);
  }
  std::string describe() const override { return "approximate"; }

  mutable int builds = 0;
  mutable int loads = 0;
  std::optional<Error> refusal;

 private:
  ExactIndexFactory exact_;
};

class SizedIndex : public ::testing::Test {
 protected:
  [[nodiscard]] std::string bytes_of(std::size_t rows) const {
    return sized_.build(Matrix(rows, 2)).value()->serialize().value();
  }

  ExactIndexFactory exact_;
  Approximate approximate_;
  SizedIndexFactory sized_{exact_, approximate_, 10};
};

TEST_F(SizedIndex, ChoosesByTheNumberOfRows) {
  static_cast<void>(bytes_of(9));
  EXPECT_EQ(approximate_.builds, 0);
  static_cast<void>(bytes_of(10));
  EXPECT_EQ(approximate_.builds, 1);
}

TEST_F(SizedIndex, TheBytesSayWhichKindReadsThem) {
  EXPECT_EQ(sized_.load(bytes_of(9)).value()->size(), 9U);
  EXPECT_EQ(approximate_.loads, 0);
  EXPECT_EQ(sized_.load(bytes_of(10)).value()->size(), 10U);
  EXPECT_EQ(approximate_.loads, 1);
  // Another threshold does not change what was stored.
  const SizedIndexFactory lower(exact_, approximate_, 2);
  EXPECT_TRUE(lower.load(bytes_of(9)).ok());
  EXPECT_EQ(approximate_.loads, 1);
}

TEST_F(SizedIndex, IsExactWhereApproximationCannotWork) {
  approximate_.refusal = failed_precondition("no AVX2");
  const std::string bytes = bytes_of(50);
  EXPECT_TRUE(sized_.load(bytes).ok());
  EXPECT_EQ(approximate_.loads, 0);
}

TEST_F(SizedIndex, PassesOtherFailuresOn) {
  approximate_.refusal = resource_exhausted("no memory");
  EXPECT_EQ(sized_.build(Matrix(50, 2)).error().code(), ErrorCode::kResourceExhausted);
}

TEST_F(SizedIndex, RefusesBytesWithoutAKind) {
  EXPECT_EQ(sized_.load("").error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(sized_.load("Xabc").error().code(), ErrorCode::kDataLoss);
}

TEST_F(SizedIndex, DescribesBoth) { EXPECT_EQ(sized_.describe(), "exact below 10 rows, then approximate"); }

}  // namespace
}  // namespace magpie::embedded
