// What the HTTP API answers, resource by resource.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

#include "api/http_server.h"
#include "tests/api/http_test_client.h"
#include "tests/api/test_services.h"

namespace magpie::api {
namespace {

using nlohmann::json;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::string gzip(const std::string& text) {
  std::string out(compressBound(text.size()) + 64, '\0');
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

class HttpApi : public ::testing::Test {
 protected:
  HttpApi() : server_(services_.get(), {.port = 0, .max_body_bytes = 4'000'000}) {
    const auto status = server_.start();
    EXPECT_TRUE(status.ok()) << status.to_string();
    client_.emplace(server_.port());
  }

  json get(std::string_view target) {
    const auto response = client_->get(target);
    EXPECT_EQ(response.result_int(), 200U) << target << response.body();
    return json::parse(response.body());
  }
  json post(std::string_view target, const json& body) {
    const auto response = client_->post(target, body.dump());
    EXPECT_EQ(response.result_int(), 200U) << target << response.body();
    return json::parse(response.body());
  }
  void expect_problem(const TestResponse& response, unsigned status, const std::string& field) {
    ASSERT_EQ(response.result_int(), status) << response.body();
    EXPECT_EQ(response["Content-Type"], "application/problem+json");
    const auto problem = json::parse(response.body());
    EXPECT_EQ(problem.at("status"), status);
    EXPECT_EQ(problem.value("field", ""), field) << response.body();
  }

  TestServices services_;
  HttpServer server_;
  std::optional<HttpTestClient> client_;
};

TEST_F(HttpApi, UnknownPathsAndMethods) {
  expect_problem(client_->get("/v1/nothing"), 404, "");
  const auto response = client_->request("DELETE", "/v1/events");
  expect_problem(response, 405, "");
  EXPECT_EQ(response["Allow"], "POST");
}

TEST_F(HttpApi, UnknownParametersAreErrors) {
  expect_problem(client_->get("/v1/trending?catgory=drama"), 400, "catgory");
  expect_problem(client_->get("/healthz?verbose"), 400, "verbose");
}

TEST_F(HttpApi, MediaTypes) {
  constexpr auto kBody = R"({"user_id":"u","item_id":"242","type":"view"})";
  expect_problem(client_->post("/v1/events", kBody, "text/plain"), 415, "");
  expect_problem(client_->post("/v1/events", kBody, "application/x-www-form-urlencoded"), 415, "");
  expect_problem(client_->request("PUT", "/v1/items/1", "{}", {{"Content-Type", "application/x-ndjson"}}), 415, "");
  expect_problem(client_->request("POST", "/v1/events", kBody, {{"Content-Encoding", "br"}}), 415, "");
  EXPECT_EQ(client_->request("POST", "/v1/events", kBody).result_int(), 200U);
  EXPECT_EQ(client_->post("/v1/events", kBody, "Application/JSON; charset=utf-8").result_int(), 200U);
}

TEST_F(HttpApi, AppendsEventsThatFeaturesShow) {
  const json outcome = post("/v1/events?event_ids", {{"user_id", "new"}, {"item_id", "302"}, {"type", "like"}});
  EXPECT_EQ(outcome.at("accepted"), 1);
  EXPECT_THAT(outcome.at("event_ids"), SizeIs(1));
  services_.process_events();
  const json features = get("/v1/users/new/features");
  EXPECT_EQ(features.at("last_5_items"), json({"302"}));
  EXPECT_EQ(features.at("counts_1h"), json({{"like", 1}}));
  EXPECT_EQ(features.at("category_affinity").at(0).at("category"), "crime");
}

TEST_F(HttpApi, OneInvalidEventIsAnInvalidRequest) {
  expect_problem(client_->post("/v1/events", R"({"user_id":"","item_id":"1","type":"view"})"), 400, "user_id");
  expect_problem(client_->post("/v1/events", R"({"user_id":"u","item_id":"1","type":"stare"})"), 400, "type");
  expect_problem(client_->post("/v1/events", R"({"user_id":7})"), 400, "user_id");
  expect_problem(client_->post("/v1/events", R"({"user_id":"u","item_id":"1","type":"view","colour":1})"), 400,
                 "colour");
}

TEST_F(HttpApi, ABatchKeepsWhatIsValid) {
  const json outcome = post("/v1/events", json::parse(R"([
      {"user_id":"u","item_id":"242","type":"view"}, {"user_id":7}, {"user_id":"u","item_id":"","type":"view"},
      {"user_id":"u","item_id":"242","type":"view","timestamp":99999999999999}, {"user_id":"v","item_id":"242","type":"view"}])"));
  EXPECT_EQ(outcome.at("accepted"), 2);
  json fields;
  for (const auto& rejected : outcome.at("rejected")) fields.push_back({rejected.at("index"), rejected.at("field")});
  EXPECT_EQ(fields, json::parse(R"([[1,"user_id"],[2,"item_id"],[3,"timestamp"]])"));
}

TEST_F(HttpApi, ABatchOfNothingValidIsUnprocessable) {
  const auto response = client_->post("/v1/events", R"([{"user_id":""},{"type":1}])");
  expect_problem(response, 422, "");
  EXPECT_THAT(json::parse(response.body()).at("errors"), SizeIs(2));
}

TEST_F(HttpApi, BatchesAreBounded) {
  expect_problem(client_->post("/v1/events", "[]"), 400, "events");
  json many = json::array();
  for (int i = 0; i < 10'001; ++i) many.push_back({{"user_id", "u"}, {"item_id", "242"}, {"type", "view"}});
  expect_problem(client_->post("/v1/events", many.dump()), 400, "events");
  many.erase(0);
  EXPECT_EQ(post("/v1/events", many).at("accepted"), 10'000);
}

TEST_F(HttpApi, MalformedJsonSaysWhere) {
  const auto response = client_->post("/v1/events", "[{\"user_id\":\"u\"},\n{]");
  expect_problem(response, 400, "body");
  EXPECT_THAT(response.body(), HasSubstr("line 2, column 2"));
}

TEST_F(HttpApi, TakesNdjsonWithBadLines) {
  const auto response = client_->post("/v1/events",
                                      "{\"user_id\":\"u\",\"item_id\":\"242\",\"type\":\"view\"}\nnonsense\n"
                                      "{\"user_id\":\"u\",\"item_id\":\"242\",\"type\":\"like\"}\n",
                                      "application/x-ndjson");
  ASSERT_EQ(response.result_int(), 200U) << response.body();
  const json outcome = json::parse(response.body());
  EXPECT_EQ(outcome.at("accepted"), 2);
  EXPECT_EQ(outcome.at("rejected").at(0).at("index"), 1);
}

TEST_F(HttpApi, TakesGzip) {
  const TestHeaders headers{{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}};
  const std::string event = R"({"user_id":"u","item_id":"242","type":"view"})";
  EXPECT_EQ(client_->request("POST", "/v1/events", gzip(event), headers).result_int(), 200U);
  expect_problem(client_->request("POST", "/v1/events", event, headers), 400, "body");
  expect_problem(client_->request("POST", "/v1/events", gzip(std::string(4'000'001, ' ')), headers), 413, "");
}

TEST_F(HttpApi, ALogThatRefusesIsTold) {
  services_.log().refuse_with(resource_exhausted("the disk is full"));
  const auto response = client_->post("/v1/events", R"({"user_id":"u","item_id":"242","type":"view"})");
  expect_problem(response, 429, "");
  EXPECT_EQ(response["Retry-After"], "1");
  services_.log().refuse_with(unavailable("the log does not answer"));
  expect_problem(client_->post("/v1/events", R"({"user_id":"u","item_id":"242","type":"view"})"), 503, "");
}

TEST_F(HttpApi, Recommends) {
  const json answer = get("/v1/recommendations?user_id=196&n=5");
  EXPECT_EQ(answer.at("model_version"), 1);
  EXPECT_FALSE(answer.at("request_id").get<std::string>().empty());
  EXPECT_THAT(answer.at("items"), SizeIs(5));
  for (const auto& item : answer.at("items")) {
    EXPECT_NE(item.at("id"), "242");  // Seen.
    EXPECT_NE(item.at("id"), "drama0");
    EXPECT_FALSE(item.at("title").get<std::string>().empty());
    EXPECT_FALSE(item.contains("reason"));
  }
}

TEST_F(HttpApi, RecommendsAsAsked) {
  const json explained = get("/v1/recommendations?user_id=196&explain=true");
  for (const auto& item : explained.at("items")) {
    EXPECT_FALSE(item.at("reason").get<std::string>().empty());
    EXPECT_THAT(item.at("contributions"), SizeIs(kRankerFeatures));
  }
  const json excluding = get("/v1/recommendations?user_id=196&category=drama&exclude=drama1,drama2&exclude=drama3");
  ASSERT_FALSE(excluding.at("items").empty());
  for (const auto& item : excluding.at("items")) {
    EXPECT_EQ(item.at("categories").at(0), "drama");
    EXPECT_THAT((std::vector<std::string>{"drama1", "drama2", "drama3"}), Each(Not(item.at("id").get<std::string>())));
  }
}

TEST_F(HttpApi, RecommendationsNameWhatIsWrong) {
  expect_problem(client_->get("/v1/recommendations"), 400, "user_id");
  expect_problem(client_->get("/v1/recommendations?user_id="), 400, "user_id");
  expect_problem(client_->get("/v1/recommendations?user_id=%FF"), 400, "user_id");
  expect_problem(client_->get("/v1/recommendations?user_id=u&n=0"), 400, "n");
  expect_problem(client_->get("/v1/recommendations?user_id=u&n=x"), 400, "n");
  expect_problem(client_->get("/v1/recommendations?user_id=u&explain=x"), 400, "explain");
  expect_problem(client_->get("/v1/recommendations?user_id=" + std::string(257, 'x')), 400, "user_id");
  std::string categories;
  for (int i = 0; i < 33; ++i) categories += "&category=c" + std::to_string(i);
  expect_problem(client_->get("/v1/recommendations?user_id=u" + categories), 400, "category");
}

TEST_F(HttpApi, SimilarAndTrending) {
  const json similar = get("/v1/items/drama0/similar?n=2");
  EXPECT_THAT(similar.at("items"), SizeIs(2));
  EXPECT_EQ(similar.at("items").at(0).at("id"), "drama1");
  EXPECT_EQ(similar.at("items").at(0).at("source"), "item_to_item");
  expect_problem(client_->get("/v1/items/none/similar"), 404, "");
  expect_problem(client_->get("/v1/items/drama0/similar?n=101"), 400, "n");
  EXPECT_FALSE(get("/v1/trending").at("items").empty());
  for (const auto& item : get("/v1/trending?category=drama").at("items"))
    EXPECT_EQ(item.at("categories").at(0), "drama");
}

TEST_F(HttpApi, ItemsFromCreationToDeletion) {
  EXPECT_EQ(client_->request("PUT", "/v1/items/a%2Fb", R"({"title":"A","price":2})").result_int(), 204U);
  const json item = get("/v1/items/a%2Fb");
  EXPECT_EQ(item.at("id"), "a/b");
  EXPECT_EQ(item.at("title"), "A");
  EXPECT_EQ(item.at("price"), 2);
  EXPECT_EQ(client_->request("PUT", "/v1/items/a%2Fb", item.dump()).result_int(), 204U);
  EXPECT_EQ(get("/v1/items/a%2Fb"), item);
  EXPECT_EQ(client_->request("DELETE", "/v1/items/a%2Fb").result_int(), 204U);
  expect_problem(client_->get("/v1/items/a%2Fb"), 404, "");
  expect_problem(client_->request("DELETE", "/v1/items/a%2Fb"), 404, "");
  expect_problem(client_->request("PUT", "/v1/items/x", R"({"id":"y"})"), 400, "id");
  expect_problem(client_->request("PUT", "/v1/items/x", R"({"price":-1})"), 400, "price");
  expect_problem(client_->request("PUT", "/v1/items/x", ""), 400, "body");
  expect_problem(client_->get("/v1/items/%01"), 400, "id");
}

TEST_F(HttpApi, ItemsInBatches) {
  const json outcome =
      post("/v1/items", json::parse(R"([{"id":"a"},{"id":"b","price":-1},{"title":"no id"},{"id":"c","tags":3}])"));
  EXPECT_EQ(outcome.at("accepted"), 1);
  EXPECT_THAT(outcome.at("rejected"), SizeIs(3));
  EXPECT_EQ(outcome.at("rejected").at(1).at("field"), "id");
  EXPECT_EQ(get("/v1/items/a").at("available"), true);
  expect_problem(client_->post("/v1/items", R"({"id":"b","price":-1})"), 400, "price");
  expect_problem(client_->post("/v1/items", R"([{"id":"b","price":-1}])"), 422, "");
}

TEST_F(HttpApi, UsersFromCreationToErasure) {
  EXPECT_EQ(client_->request("PUT", "/v1/users/u", R"({"interests":["drama"]})").result_int(), 204U);
  EXPECT_EQ(get("/v1/users/u").at("interests"), json({"drama"}));
  post("/v1/events", {{"user_id", "u"}, {"item_id", "302"}, {"type", "like"}});
  services_.process_events();
  EXPECT_EQ(client_->request("DELETE", "/v1/users/u").result_int(), 204U);
  EXPECT_EQ(client_->request("DELETE", "/v1/users/u").result_int(), 204U);
  expect_problem(client_->get("/v1/users/u"), 404, "");
  EXPECT_TRUE(get("/v1/users/u/features").at("last_5_items").empty());
}

TEST_F(HttpApi, OnboardingAsksAndStoresTheAnswer) {
  const json survey = get("/v1/onboarding/survey?categories=2&examples=1");
  EXPECT_EQ(survey.at("choose"), 3);
  ASSERT_THAT(survey.at("categories"), SizeIs(2));
  const std::string favourite = survey.at("categories").at(0).at("category");
  EXPECT_THAT(survey.at("categories").at(0).at("items"), SizeIs(1));
  EXPECT_EQ(client_->request("PUT", "/v1/users/u", R"({"segment":"beta"})").result_int(), 204U);
  const json user = post("/v1/users/u/onboarding", {{"interests", {favourite}}});
  EXPECT_EQ(user.at("interests"), json({favourite}));
  EXPECT_EQ(user.at("segment"), "beta") << "the rest of the profile stays";
  EXPECT_EQ(get("/v1/users/u"), user);
  EXPECT_EQ(post("/v1/users/unknown/onboarding", {{"interests", {favourite}}}).at("id"), "unknown");
  const auto wrong = [&](const std::string& body) { return client_->request("POST", "/v1/users/u/onboarding", body); };
  expect_problem(wrong(R"({"interests":[]})"), 400, "interests");
  expect_problem(wrong(R"({"interests":["no such category"]})"), 400, "interests[0]");
  expect_problem(wrong(R"({"segment":"vip"})"), 400, "segment");
  expect_problem(client_->get("/v1/onboarding/survey?categories=0"), 400, "categories");
  expect_problem(client_->get("/v1/onboarding/survey?examples=21"), 400, "examples");
}

TEST_F(HttpApi, UsersPageByPage) {
  json users = json::array();
  for (int i = 10; i < 30; ++i) users.push_back({{"id", "page" + std::to_string(i)}});
  EXPECT_EQ(post("/v1/users", users).at("accepted"), 20);
  std::vector<std::string> seen;
  for (std::string after = "page"; !after.empty();) {
    const json page = get("/v1/users?limit=7&after=" + after);
    for (const auto& user : page.at("users")) seen.push_back(user.at("id"));
    after = page.value("next", "");
  }
  EXPECT_THAT(seen, SizeIs(20));
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  expect_problem(client_->get("/v1/users?limit=0"), 400, "limit");
  expect_problem(client_->get("/v1/users?limit=1001"), 400, "limit");
}

TEST_F(HttpApi, FeaturesOfAStrangerAreEmpty) {
  const json features = get("/v1/users/stranger/features");
  EXPECT_TRUE(features.at("last_5_items").empty());
  EXPECT_FALSE(features.contains("last_action_ts"));
  EXPECT_EQ(features.at("model_version"), 0);
}

TEST_F(HttpApi, TrainsInTheBackground) {
  services_.hold_training();
  EXPECT_EQ(client_->request("POST", "/v1/training").result_int(), 202U);
  EXPECT_EQ(get("/v1/training").at("running"), true);
  expect_problem(client_->request("POST", "/v1/training"), 409, "");
  HttpTestClient waiting(server_.port());
  waiting.send("POST /v1/training?wait=true HTTP/1.1\r\nHost: test\r\n\r\n");
  services_.finish_training();
  const auto response = waiting.read();
  ASSERT_EQ(response.result_int(), 200U) << response.body();
  EXPECT_EQ(json::parse(response.body()).at("last").at("version"), 2);
}

TEST_F(HttpApi, ATrainingThatFailsIsTold) {
  services_.finish_training(failed_precondition("there is nothing to train on"));
  const auto response = client_->request("POST", "/v1/training?wait");
  expect_problem(response, 409, "");
  EXPECT_THAT(response.body(), HasSubstr("nothing to train on"));
  EXPECT_EQ(get("/v1/training").at("last_error").at("message"), "there is nothing to train on");
}

TEST_F(HttpApi, ListsModels) {
  const json list = get("/v1/models");
  EXPECT_EQ(list.at("production"), 1);
  EXPECT_EQ(list.at("models").at(0).at("parameters").at("als.factors"), "64");
}

TEST_F(HttpApi, PromotesAndRollsBack) {
  json list = json::parse(client_->request("POST", "/v1/models/3/promote").body());
  EXPECT_EQ(list.at("production"), 3);
  EXPECT_EQ(list.at("previous"), 1);
  list = json::parse(client_->request("POST", "/v1/models/rollback").body());
  EXPECT_EQ(list.at("production"), 1);
  EXPECT_EQ(list.at("previous"), 3);
  expect_problem(client_->request("POST", "/v1/models/9/promote"), 404, "");
  expect_problem(client_->request("POST", "/v1/models/0/promote"), 400, "version");
  EXPECT_EQ(get("/v1/models").at("production"), 1);
}

TEST_F(HttpApi, StartsAndWithdrawsACanary) {
  json list = json::parse(client_->request("POST", "/v1/models/3/canary?share=0.25").body());
  EXPECT_EQ(list.at("canary").at("version"), 3);
  EXPECT_EQ(list.at("canary").at("share"), 0.25);
  EXPECT_EQ(list.at("production"), 1);
  expect_problem(client_->request("POST", "/v1/models/3/canary?share=0"), 400, "share");
  list = json::parse(client_->request("DELETE", "/v1/models/canary?reason=looks%20odd").body());
  EXPECT_FALSE(list.contains("canary"));
  EXPECT_EQ(list.at("rejected").at("version"), 3);
  EXPECT_EQ(list.at("rejected").at("reason"), "looks odd");
  EXPECT_EQ(client_->request("DELETE", "/v1/models/canary").result_int(), 200U) << "there is none";
  EXPECT_EQ(get("/v1/models").at("rejected").at("reason"), "looks odd");
}

TEST_F(HttpApi, ReadinessWarnsOfWhatDoesNotStopIt) {
  EXPECT_FALSE(get("/readyz").contains("warnings"));
  services_.warn("model 5 (canary) is not loaded: data loss: ...");
  EXPECT_EQ(get("/readyz").at("status"), "ready");
  EXPECT_EQ(get("/readyz").at("warnings"), json::array({"model 5 (canary) is not loaded: data loss: ..."}));
}

TEST_F(HttpApi, ReadinessSaysWhyNot) {
  EXPECT_EQ(get("/readyz").at("status"), "ready");
  services_.set_not_ready("replaying the log");
  const auto response = client_->get("/readyz");
  expect_problem(response, 503, "");
  EXPECT_THAT(response.body(), HasSubstr("replaying the log"));
  EXPECT_EQ(get("/healthz").at("status"), "ok");
}

}  // namespace
}  // namespace magpie::api
