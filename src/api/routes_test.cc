#include "api/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace magpie::api {
namespace {

using ::testing::ElementsAre;

RouteMatch match(std::string_view method, std::string_view path) {
  auto found = match_route(method, path);
  EXPECT_TRUE(found.ok()) << found.status().to_string();
  return found.ok() ? std::move(found).value() : RouteMatch();
}

TEST(Routes, FindsByMethodAndPath) {
  EXPECT_EQ(match("POST", "/v1/events").route->pattern, "/v1/events");
  EXPECT_EQ(match("GET", "/v1/items/42").route->pattern, "/v1/items/{id}");
  EXPECT_EQ(match("GET", "/v1/items/42/similar").route->pattern, "/v1/items/{id}/similar");
  EXPECT_EQ(match("HEAD", "/healthz").route->method, "GET");
}

TEST(Routes, DecodesSegments) {
  EXPECT_THAT(match("GET", "/v1/items/a%2Fb%20c+d").arguments, ElementsAre("a/b c+d"));
  EXPECT_THAT(match("GET", "/v1/users/%E2%82%AC/features").arguments, ElementsAre("\xE2\x82\xAC"));
}

TEST(Routes, AnIdMayLookLikeAPath) {
  EXPECT_THAT(match("GET", "/v1/items/similar/similar").arguments, ElementsAre("similar"));
}

TEST(Routes, BadEncodingIsAnErrorOfTheId) {
  const auto found = match_route("GET", "/v1/items/%4");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().field(), "id");
}

TEST(Routes, OtherPathsAreNone) {
  for (const auto* path : {"", "/", "v1/events", "/v1", "/v1/events/", "/v1/events/1", "/v1//events", "/v1/items/",
                           "/v1/items//similar", "/V1/events", "/v1/items/1/2/3", "*"}) {
    const auto found = match("GET", path);
    EXPECT_EQ(found.route, nullptr) << path;
    EXPECT_EQ(found.allow, "") << path;
  }
}

TEST(Routes, OtherMethodsListThoseAllowed) {
  EXPECT_EQ(match("DELETE", "/v1/events").allow, "POST");
  EXPECT_EQ(match("PATCH", "/v1/items/1").allow, "GET, HEAD, PUT, DELETE");
  EXPECT_EQ(match("PATCH", "/v1/items/1").route, nullptr);
}

TEST(Routes, NoTwoAreTheSame) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Route& route : routes()) EXPECT_TRUE(seen.emplace(route.method, route.pattern).second) << route.pattern;
}

}  // namespace
}  // namespace magpie::api
