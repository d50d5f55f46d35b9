#include "serving/cold_start/user_experience.h"

#include <gtest/gtest.h>

#include "serving/film_shop_test.h"

namespace magpie::serving {
namespace {

using std::chrono::days;
using std::chrono::minutes;

TEST(UserExperience, OfAStrangerIsNone) {
  const UserExperience stranger = experience_of({}, std::nullopt, kNow);
  EXPECT_EQ(stranger.age, Duration(0));
  EXPECT_EQ(stranger.interactions, 0U);
}

TEST(UserExperience, AgeIsTheAccountsOrThatOfTheOldestEvent) {
  const UserFeatures features = user_who(kView, {"war0", "war1"});  // At kNow - 59 and - 58 minutes.
  EXPECT_EQ(experience_of(features, std::nullopt, kNow).age, minutes(59));
  User user;
  user.created_at = kNow - days(3);
  EXPECT_EQ(experience_of(features, user, kNow).age, days(3));
  user.created_at = kNow + days(3);
  EXPECT_EQ(experience_of(features, user, kNow).age, Duration(0));
}

TEST(UserExperience, CountsWhatHistoryHasOnce) {
  UserFeatures features = user_who(kView, {"war0", "war1", "war2"});
  EXPECT_EQ(interactions_of(features), 3U);
  features.batch.emplace();
  features.batch->total_interactions = 20;
  features.batch->trained_until = kNow - minutes(58);  // war0 is in history; war1 is at the very end, which is open.
  EXPECT_EQ(interactions_of(features), 22U);
  features.batch->history_times = {kNow - days(1), kNow - days(40)};
  EXPECT_EQ(experience_of(features, std::nullopt, kNow).age, days(40));
}

}  // namespace
}  // namespace magpie::serving
