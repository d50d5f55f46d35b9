#include "api/http_message.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace magpie::api {
namespace {

using nlohmann::json;

TEST(Problem, NamesTheField) {
  const auto response = problem(invalid_argument("n", "must be from 1 to 100"));
  EXPECT_EQ(response.status, 400U);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(json::parse(response.body), json({{"type", "urn:magpie:error:invalid-argument"},
                                              {"title", "Bad Request"},
                                              {"status", 400},
                                              {"detail", "n: must be from 1 to 100"},
                                              {"field", "n"}}));
}

TEST(Problem, EveryErrorCodeHasAStatus) {
  const auto status = [](ErrorCode code) { return problem(Error(code, "why")).status; };
  EXPECT_EQ(status(ErrorCode::kNotFound), 404U);
  EXPECT_EQ(status(ErrorCode::kAlreadyExists), 409U);
  EXPECT_EQ(status(ErrorCode::kFailedPrecondition), 409U);
  EXPECT_EQ(status(ErrorCode::kResourceExhausted), 429U);
  EXPECT_EQ(status(ErrorCode::kUnavailable), 503U);
  EXPECT_EQ(status(ErrorCode::kDeadlineExceeded), 504U);
  EXPECT_EQ(status(ErrorCode::kDataLoss), 500U);
  EXPECT_EQ(status(ErrorCode::kInternal), 500U);
}

TEST(Problem, WhatMayBeTriedAgainSaysSo) {
  EXPECT_TRUE(problem(unavailable("later")).retry_after);
  EXPECT_TRUE(problem(resource_exhausted("later")).retry_after);
  EXPECT_FALSE(problem(internal_error("never")).retry_after);
}

TEST(Problem, ListsRejections) {
  const auto response = problem(std::vector<Rejection>{{0, "type", "must not be empty"}});
  EXPECT_EQ(response.status, 422U);
  EXPECT_EQ(json::parse(response.body).at("errors"),
            json::parse(R"([{"index":0,"field":"type","reason":"must not be empty"}])"));
}

TEST(DecompressBody, LeavesAPlainBodyAlone) {
  HttpRequest request;
  request.body = "plain";
  EXPECT_FALSE(decompress_body(request, 3));
  EXPECT_EQ(request.body, "plain");
}

TEST(DecompressBody, RefusesDamage) {
  HttpRequest request;
  request.body = "plain";
  request.encoding = BodyEncoding::kGzip;
  const auto refusal = decompress_body(request, 100);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->status, 400U);
}

}  // namespace
}  // namespace magpie::api
