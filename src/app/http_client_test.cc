#include "app/http_client.h"

#include <gtest/gtest.h>

namespace magpie::app {
namespace {

TEST(HostPort, IsReadAndWritten) {
  for (const auto* const text : {"127.0.0.1:8080", "[::1]:0", "localhost:65535"}) {
    const auto address = parse_host_port(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(to_string(*address), text);
  }
  for (const auto* const text : {"", "localhost", ":80", "localhost:", "localhost:65536", "localhost:8o"}) {
    EXPECT_FALSE(parse_host_port(text).ok()) << text;
  }
}

TEST(PercentEncode, LeavesUnreservedCharactersOnly) {
  EXPECT_EQ(percent_encode("aZ0-._~"), "aZ0-._~");
  EXPECT_EQ(percent_encode("a b/ü&"), "a%20b%2F%C3%BC%26");
}

TEST(Success, QuotesTheProblemAndItsField) {
  EXPECT_TRUE(success({204, "", ""}).ok());
  const auto refused = success({400, "application/problem+json", R"({"detail": "n: too large", "field": "n"})"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused.error().field(), "n");
  EXPECT_EQ(success({404, "", ""}).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(success({503, "", "no"}).error().code(), ErrorCode::kUnavailable);
}

TEST(HttpClient, SaysThatNobodyAnswers) {
  HttpClient client({"127.0.0.1", 1}, std::chrono::seconds(60));
  EXPECT_EQ(client.get("/").error().code(), ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace magpie::app
