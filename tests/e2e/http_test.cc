// The whole engine over HTTP: a real process, a shop with known tastes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "e2e/running_engine.h"
#include "e2e/shop.h"

namespace magpie::tests {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::set<std::string> known_items(int user) {
  std::set<std::string> known;
  for (const auto& event : shop_events(SystemClock().now())) {
    if (event["user_id"] == user_id(user)) known.insert(event["item_id"].get<std::string>());
  }
  return known;
}

class EngineOverHttp : public ::testing::Test {
 protected:
  void SetUp() override { engine_.fill_shop(); }
  RunningEngine engine_;
};

TEST(EmptyEngine, IsReadyAndAnswersWithNothing) {
  RunningEngine engine;
  EXPECT_EQ(engine.status_of("/healthz"), 200U);
  EXPECT_EQ(engine.status_of("/readyz"), 200U);
  EXPECT_THAT(engine.recommend("nobody"), IsEmpty());
  EXPECT_EQ(engine.status_of("/v1/items/nothing"), 404U);
  const auto answer = engine.http().send("POST", "/v1/training?wait=true", "");
  ASSERT_TRUE(answer.ok());
  EXPECT_GE(answer->status, 400U);  // Nothing to train on, and it says so.
  EXPECT_THAT(answer->body, HasSubstr("detail"));
}

TEST_F(EngineOverHttp, RecommendsWhatTheUserLikes) {
  int right = 0;
  int all = 0;
  for (int user = 0; user < kShopUsers; ++user) {
    const auto known = known_items(user);
    std::map<int, int> per_category;
    const auto items = engine_.recommend(user_id(user));
    EXPECT_THAT(items, SizeIs(10));
    EXPECT_EQ(std::set<std::string>(items.begin(), items.end()).size(), items.size());
    for (const auto& id : items) {
      EXPECT_FALSE(known.contains(id)) << id;
      EXPECT_LE(++per_category[category_of(item_number(id))], 3);
      right += likes(user, item_number(id)) ? 1 : 0;
      ++all;
    }
  }
  EXPECT_GT(right, all * 8 / 10);
}

TEST_F(EngineOverHttp, ExplainsEveryItem) {
  const auto answer = engine_.get("/v1/recommendations?user_id=user-3&explain=true");
  EXPECT_EQ(answer.at("model_version"), 1);
  EXPECT_FALSE(answer.at("degraded"));
  EXPECT_THAT(answer.at("strategies"), SizeIs(4));
  for (const auto& item : answer.at("items")) {
    EXPECT_FALSE(item.at("reason").get<std::string>().empty());
    EXPECT_FALSE(item.at("sources").empty());
  }
}

TEST_F(EngineOverHttp, HonoursCategoryExcludeAndContext) {
  for (const auto& id : engine_.recommend("user-0", "&category=category-1&category=category-3")) {
    EXPECT_THAT(category_of(item_number(id)), ::testing::AnyOf(1, 3));
  }
  const auto first = engine_.recommend("user-0").front();
  EXPECT_THAT(engine_.recommend("user-0", "&exclude=" + first), Not(Contains(first)));
  EXPECT_THAT(engine_.recommend("user-0", "&item_id=item-7"), Not(Contains("item-7")));
  EXPECT_THAT(engine_.recommend("user-0", "&n=3"), SizeIs(3));
}

TEST_F(EngineOverHttp, NamesTheFieldThatIsWrong) {
  for (const auto& [target, field] :
       std::map<std::string, std::string>{{"/v1/recommendations", "user_id"},
                                          {"/v1/recommendations?user_id=u&n=0", "n"},
                                          {"/v1/recommendations?user_id=u&n=ten", "n"},
                                          {"/v1/recommendations?user_id=u&colour=red", "colour"}}) {
    const auto answer = engine_.http().get(target);
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer->status, 400U) << target;
    EXPECT_THAT(answer->content_type, HasSubstr("application/problem+json"));
    EXPECT_EQ(json::parse(answer->body).at("field"), field);
  }
}

TEST_F(EngineOverHttp, AnEventChangesTheNextAnswers) {
  const auto before = engine_.recommend("user-0");
  const auto seen = before.front();
  engine_.call("POST", "/v1/events", {{"user_id", "user-0"}, {"item_id", seen}, {"type", "purchase"}});
  ASSERT_TRUE(eventually([&] {
    const auto features = engine_.get("/v1/users/user-0/features");
    return features.at("last_5_items").front() == seen;
  }));
  EXPECT_THAT(engine_.recommend("user-0"), Not(Contains(seen)));
  EXPECT_GE(engine_.get("/v1/users/user-0/features").at("counts_1h").at("purchase").get<int>(), 1);
}

TEST_F(EngineOverHttp, TakesAnItemBackAtOnce) {
  const auto withdrawn = engine_.recommend("user-1").front();
  auto item = engine_.get("/v1/items/" + withdrawn);
  item["available"] = false;
  engine_.call("PUT", "/v1/items/" + withdrawn, item);
  EXPECT_THAT(engine_.recommend("user-1"), Not(Contains(withdrawn)));
  const auto deleted = engine_.recommend("user-1").front();
  engine_.call("DELETE", "/v1/items/" + deleted);
  EXPECT_THAT(engine_.recommend("user-1"), Not(Contains(deleted)));
  EXPECT_EQ(engine_.status_of("/v1/items/" + deleted), 404U);
}

TEST_F(EngineOverHttp, KnowsSimilarAndTrendingItems) {
  const auto similar = engine_.get("/v1/items/item-4/similar?n=5").at("items");
  EXPECT_THAT(similar, SizeIs(5));
  int right = 0;
  for (const auto& item : similar) right += category_of(item_number(item.at("id"))) % 2 == 0 ? 1 : 0;
  EXPECT_GE(right, 4);
  ASSERT_TRUE(eventually([&] { return !engine_.get("/v1/trending?n=5").at("items").empty(); }));
  const auto trending = engine_.get("/v1/trending?category=category-2").at("items");
  for (const auto& item : trending) {
    EXPECT_EQ(category_of(item_number(item.at("id"))), 2);
  }
}

TEST_F(EngineOverHttp, ErasesAUserEverywhere) {
  const auto users_before = engine_.train().at("users").get<int>();
  engine_.call("DELETE", "/v1/users/user-5");
  EXPECT_EQ(engine_.status_of("/v1/users/user-5"), 404U);
  const auto features = engine_.get("/v1/users/user-5/features");
  EXPECT_THAT(features.at("last_5_items"), IsEmpty());
  EXPECT_THAT(features.at("user_embedding"), IsEmpty());
  EXPECT_THAT(features.at("recent_items"), IsEmpty());
  // History has forgotten as well: a new training does not see the user.
  EXPECT_EQ(engine_.train().at("users").get<int>(), users_before - 1);
  EXPECT_THAT(engine_.get("/v1/users/user-5/features").at("user_embedding"), IsEmpty());
}

TEST_F(EngineOverHttp, SwapsModelsWithoutAFailedRequest) {
  std::atomic<bool> stop{false};
  std::atomic<int> failed{0};
  std::atomic<int> asked{0};
  std::thread load([&] {
    app::HttpClient client(engine_.addresses().http, kPatience);
    for (int user = 0; !stop; user = (user + 1) % kShopUsers) {
      const auto answer = client.get("/v1/recommendations?user_id=" + user_id(user));
      const bool good = answer.ok() && answer->status == 200 && json::parse(answer->body).at("items").size() == 10 &&
                        !json::parse(answer->body).at("degraded").get<bool>();
      failed += good ? 0 : 1;
      ++asked;
    }
  });
  for (int version = 2; version <= 5; ++version) EXPECT_EQ(engine_.train().at("version"), version);
  stop = true;
  load.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GT(asked, 0);
  EXPECT_EQ(engine_.get("/v1/recommendations?user_id=user-0").at("model_version"), 5);
}

TEST_F(EngineOverHttp, KnowsTheSameAfterARestart) {
  const auto model = engine_.get("/v1/recommendations?user_id=user-8").at("model_version");
  const auto features = engine_.get("/v1/users/user-8/features");
  engine_.stop();
  engine_.start();
  EXPECT_EQ(engine_.get("/v1/recommendations?user_id=user-8").at("model_version"), model);
  const auto after = engine_.get("/v1/users/user-8/features");
  for (const auto* const name : {"last_5_items", "recent_items", "user_embedding"}) {
    EXPECT_EQ(after.at(name), features.at(name)) << name;
  }
}

TEST_F(EngineOverHttp, LogsWhatItHasShown) {
  EXPECT_THAT(engine_.recommend("user-9"), SizeIs(10));
  EXPECT_TRUE(eventually([&] {
    const auto text = engine_.http().get("/metrics");
    return text.ok() && text->body.find("magpie_impressions_logged_total 10") != std::string::npos;
  }));
}

}  // namespace
}  // namespace magpie::tests
