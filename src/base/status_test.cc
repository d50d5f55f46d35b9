#include "base/status.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace magpie {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return invalid_argument("number", "must be even");
  return number / 2;
}

Status quarter(int number, int& out) {
  MAGPIE_ASSIGN_OR_RETURN(const int once, half(number));
  MAGPIE_ASSIGN_OR_RETURN(out, half(once));
  return {};
}

Status checked(int number) {
  int ignored = 0;
  MAGPIE_RETURN_IF_ERROR(quarter(number, ignored));
  return {};
}

TEST(Status, IsOkByDefault) {
  EXPECT_TRUE(Status().ok());
  EXPECT_TRUE(ok_status().ok());
  EXPECT_EQ(Status().to_string(), "ok");
}

TEST(Status, SaysCodeFieldAndMessage) {
  EXPECT_EQ(Status(invalid_argument("user_id", "must not be empty")).to_string(),
            "invalid argument: user_id: must not be empty");
  EXPECT_EQ(Status(not_found("no such item")).to_string(), "not found: no such item");
}

TEST(Status, EveryMakerGivesItsCode) {
  EXPECT_EQ(invalid_argument("f", "m").code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(not_found("m").code(), ErrorCode::kNotFound);
  EXPECT_EQ(failed_precondition("m").code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(unavailable("m").code(), ErrorCode::kUnavailable);
  EXPECT_EQ(resource_exhausted("m").code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(data_loss("m").code(), ErrorCode::kDataLoss);
  EXPECT_EQ(internal_error("m").code(), ErrorCode::kInternal);
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_EQ(half(4).value(), 2);
  EXPECT_TRUE(half(4).status().ok());
  EXPECT_FALSE(half(3).ok());
  EXPECT_EQ(half(3).error().field(), "number");
  EXPECT_FALSE(half(3).status().ok());
}

TEST(Result, MovesOutWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 7);
}

TEST(Result, MacrosPassTheFirstErrorOn) {
  int out = 0;
  EXPECT_TRUE(quarter(8, out).ok());
  EXPECT_EQ(out, 2);
  EXPECT_EQ(quarter(6, out).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(checked(4).ok());
  EXPECT_FALSE(checked(5).ok());
}

}  // namespace
}  // namespace magpie
