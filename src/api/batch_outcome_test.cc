#include "api/batch_outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace magpie::api {
namespace {

using ::testing::ElementsAre;

std::vector<std::size_t> indices(const BatchOutcome& outcome) {
  std::vector<std::size_t> found;
  for (const auto& rejection : outcome.rejected) found.push_back(rejection.index);
  return found;
}

TEST(DecodedBatch, WithoutRejectionsPositionsAreTheirOwn) {
  DecodedBatch<int> batch;
  for (int i = 0; i < 3; ++i) batch.accept(i);
  EXPECT_EQ(batch.size, 3U);
  EXPECT_TRUE(batch.positions.empty());
  EXPECT_EQ(batch.position(2), 2U);
}

TEST(DecodedBatch, RejectionsShiftWhatFollows) {
  DecodedBatch<int> batch;
  batch.accept(10);
  batch.reject("a", "x");
  batch.accept(12);
  batch.reject("b", "y");
  batch.accept(14);
  EXPECT_THAT(batch.values, ElementsAre(10, 12, 14));
  EXPECT_THAT(batch.positions, ElementsAre(0, 2, 4));

  BatchOutcome outcome;
  merge_rejections(batch, {{0, "c", "z"}, {2, "d", "z"}}, outcome);
  EXPECT_THAT(indices(outcome), ElementsAre(0, 1, 3, 4));
  EXPECT_EQ(outcome.rejected[3].field, "d");
}

TEST(DecodedBatch, TheFirstElementMayBeRejected) {
  DecodedBatch<int> batch;
  batch.reject("a", "x");
  batch.accept(1);
  BatchOutcome outcome;
  merge_rejections(batch, {{0, "b", "y"}}, outcome);
  EXPECT_THAT(indices(outcome), ElementsAre(0, 1));
}

}  // namespace
}  // namespace magpie::api
