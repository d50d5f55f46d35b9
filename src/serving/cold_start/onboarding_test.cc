#include "serving/cold_start/onboarding.h"

#include <gtest/gtest.h>

#include "serving/film_shop_test.h"

namespace magpie::serving {
namespace {

const UserId kAnn("ann");

TEST(Onboarding, CreatesTheUser) {
  const auto user = onboarded(kAnn, {"war", "space"}, std::nullopt, *snapshot_of(films()), kNow);
  ASSERT_TRUE(user.ok()) << user.error().to_string();
  EXPECT_EQ(*user, (User{kAnn, {"war", "space"}, kNow, ""}));
}

TEST(Onboarding, KeepsTheRestOfTheProfile) {
  const User known{kAnn, {"drama"}, kNow - std::chrono::days(30), "vip"};
  const auto user = onboarded(kAnn, {"war"}, known, *snapshot_of(films()), kNow);
  ASSERT_TRUE(user.ok());
  EXPECT_EQ(*user, (User{kAnn, {"war"}, known.created_at, "vip"}));
}

TEST(Onboarding, NamesWhatIsWrong) {
  const auto catalogue = snapshot_of(films());
  const auto field = [&](std::vector<std::string> interests) {
    const auto user = onboarded(kAnn, std::move(interests), std::nullopt, *catalogue, kNow);
    EXPECT_FALSE(user.ok());
    return user.ok() ? std::string() : user.error().field();
  };
  EXPECT_EQ(field({}), "interests");
  EXPECT_EQ(field(std::vector<std::string>(11, "war")), "interests");
  EXPECT_EQ(field({"war", "no such category"}), "interests[1]");
  EXPECT_EQ(field({"war", "space", "war"}), "interests[2]");
}

}  // namespace
}  // namespace magpie::serving
