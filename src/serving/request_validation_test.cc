#include "serving/request_validation.h"

#include <gtest/gtest.h>

#include "model/item.h"

namespace magpie::serving {
namespace {

// The field that is refused, or "".
std::string refused_field(void (*edit)(RecommendationRequest&)) {
  RecommendationRequest request;
  request.user = UserId("u1");
  edit(request);
  const Status valid = validate(request);
  return valid.ok() ? std::string() : valid.error().field();
}

TEST(RequestValidation, NamesTheWrongField) {
  using Request = RecommendationRequest;
  EXPECT_EQ(refused_field([](Request&) {}), "");
  EXPECT_EQ(refused_field([](Request& r) { r.user = UserId(""); }), "user_id");
  EXPECT_EQ(refused_field([](Request& r) { r.n = 0; }), "n");
  EXPECT_EQ(refused_field([](Request& r) { r.n = 1; }), "");
  EXPECT_EQ(refused_field([](Request& r) { r.n = kMaxRecommendations; }), "");
  EXPECT_EQ(refused_field([](Request& r) { r.n = kMaxRecommendations + 1; }), "n");
  EXPECT_EQ(refused_field([](Request& r) { r.surface.assign(kMaxIdLength + 1, 's'); }), "surface");
  EXPECT_EQ(refused_field([](Request& r) { r.categories.assign(kMaxRequestCategories, "c"); }), "");
  EXPECT_EQ(refused_field([](Request& r) { r.categories.assign(kMaxRequestCategories + 1, "c"); }), "category");
  EXPECT_EQ(refused_field([](Request& r) { r.categories = {""}; }), "category");
  EXPECT_EQ(refused_field([](Request& r) { r.exclude.assign(kMaxRequestExcludes, ItemId("i")); }), "");
  EXPECT_EQ(refused_field([](Request& r) { r.exclude.assign(kMaxRequestExcludes + 1, ItemId("i")); }), "exclude");
  EXPECT_EQ(refused_field([](Request& r) { r.exclude = {ItemId("a\nb")}; }), "exclude");
  EXPECT_EQ(refused_field([](Request& r) { r.item_context = ItemId(""); }), "item_id");
}

}  // namespace
}  // namespace magpie::serving
