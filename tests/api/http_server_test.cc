// The HTTP server as a server: connections, framing, bounds, timeouts, drain. What it answers: http_api_test.cc.

#include "api/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "tests/api/http_test_client.h"
#include "tests/api/test_services.h"

namespace magpie::api {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr auto kEvent = R"({"user_id":"u","item_id":"242","type":"view"})";

std::string raw_post(std::string_view body, std::string_view headers = {}) {
  return "POST /v1/events HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

class HttpServerTest : public ::testing::Test {
 protected:
  void start(HttpSettings settings = {}) {
    settings.port = 0;
    server_.emplace(services_.get(), settings);
    const auto status = server_->start();
    ASSERT_TRUE(status.ok()) << status.to_string();
  }
  HttpTestClient connect() { return HttpTestClient(server_->port()); }

  TestServices services_;
  std::optional<HttpServer> server_;
};

TEST_F(HttpServerTest, KeepsConnectionsAlive) {
  start();
  auto client = connect();
  for (int i = 0; i < 50; ++i) {
    const auto response = client.get("/healthz");
    ASSERT_EQ(response.result_int(), 200U);
    EXPECT_TRUE(response.keep_alive());
  }
}

TEST_F(HttpServerTest, ClosesWhereTheClientWantsIt) {
  start();
  auto client = connect();
  EXPECT_FALSE(client.request("GET", "/healthz", {}, {{"Connection", "close"}}).keep_alive());
  EXPECT_TRUE(client.reads_end());
  auto old = connect();
  old.send("GET /healthz HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.read().result_int(), 200U);
  EXPECT_TRUE(old.reads_end());
  auto persistent = connect();
  for (int i = 0; i < 2; ++i) {
    persistent.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(persistent.read().result_int(), 200U);
  }
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  auto client = connect();
  std::string requests;
  for (int i = 0; i < 20; ++i) {
    requests += "GET /v1/items/drama" + std::to_string(i % 5) + " HTTP/1.1\r\nHost: test\r\n\r\n";
    requests += raw_post(kEvent);
  }
  ASSERT_TRUE(client.send(requests));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(json::parse(client.read().body()).at("id"), "drama" + std::to_string(i % 5));
    EXPECT_EQ(json::parse(client.read().body()).at("accepted"), 1);
  }
}

TEST_F(HttpServerTest, TakesRequestsInAnyPieces) {
  start();
  auto client = connect();
  for (const char byte : raw_post(kEvent)) ASSERT_TRUE(client.send({&byte, 1}));
  EXPECT_EQ(client.read().result_int(), 200U);
}

TEST_F(HttpServerTest, TakesChunkedBodies) {
  start();
  auto client = connect();
  client.send("POST /v1/events HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string_view event = kEvent;
  for (const auto part : {event.substr(0, 10), event.substr(10)}) {
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", part.size());
    client.send(size + std::string(part) + "\r\n");
  }
  client.send("0\r\n\r\n");
  EXPECT_EQ(json::parse(client.read().body()).at("accepted"), 1);
}

TEST_F(HttpServerTest, ContinuesWhereTheClientAsks) {
  start();
  auto client = connect();
  const std::string request = raw_post(kEvent, "Expect: 100-continue\r\n");
  const auto body = request.find("\r\n\r\n") + 4;
  client.send(request.substr(0, body));
  EXPECT_EQ(client.read().result_int(), 100U);
  client.send(request.substr(body));
  EXPECT_EQ(client.read().result_int(), 200U);
}

TEST_F(HttpServerTest, AnswersHeadWithoutABody) {
  start();
  auto client = connect();
  const auto head = client.request("HEAD", "/v1/items/242");
  const auto get = client.get("/v1/items/242");
  EXPECT_EQ(head.result_int(), 200U);
  EXPECT_TRUE(head.body().empty());
  EXPECT_EQ(head["Content-Length"], get["Content-Length"]);
}

TEST_F(HttpServerTest, SendsTheHeadersOfTheStandard) {
  start();
  const auto response = connect().get("/healthz");
  EXPECT_EQ(response["Date"], "Tue, 14 Nov 2023 22:13:20 GMT");
  EXPECT_EQ(response["Content-Type"], "application/json");
  EXPECT_EQ(response["Cache-Control"], "no-store");
}

TEST_F(HttpServerTest, RefusesABodyThatIsTooLong) {
  start({.max_body_bytes = 1000});
  auto announced = connect();
  announced.send("POST /v1/events HTTP/1.1\r\nHost: test\r\nContent-Length: 1001\r\n\r\n");
  const auto refused = announced.read();
  EXPECT_EQ(refused.result_int(), 413U);
  EXPECT_EQ(refused["Content-Type"], "application/problem+json");
  EXPECT_THAT(refused.body(), HasSubstr("1000 bytes"));
  EXPECT_TRUE(announced.reads_end());

  auto chunked = connect();
  chunked.send("POST /v1/events HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
               std::string(1001, ' ') + "\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.read().result_int(), 413U);
}

TEST_F(HttpServerTest, TheClientGetsToReadTheRefusalOfABodyItStillSends) {
  start({.max_body_bytes = 1000});
  auto client = connect();
  client.send("POST /v1/events HTTP/1.1\r\nHost: test\r\nContent-Length: 4000000\r\n\r\n");
  client.send(std::string(4'000'000, ' '));
  EXPECT_EQ(client.read().result_int(), 413U);
}

TEST_F(HttpServerTest, TakesABodyAsLongAsAllowed) {
  start({.max_body_bytes = 1000});
  auto client = connect();
  std::string body = kEvent;
  body.resize(1000, ' ');
  EXPECT_EQ(client.post("/v1/events", body).result_int(), 200U);
}

TEST_F(HttpServerTest, RefusesAHeaderThatIsTooLong) {
  start({.max_header_bytes = 1024});
  auto client = connect();
  client.send("GET /healthz HTTP/1.1\r\nHost: test\r\nX: " + std::string(2000, 'x') + "\r\n\r\n");
  EXPECT_EQ(client.read().result_int(), 431U);
}

TEST_F(HttpServerTest, RefusesWhatIsNoHttp) {
  start();
  for (const auto* text : {"nonsense\r\n\r\n", "GET\r\n\r\n", "GET /healthz HTTP/9.9\r\nHost: test\r\n\r\n",
                           "GET /healthz HTTP/1.1\r\nbad header\r\n\r\n", "GET /healthz HTTP/1.1\r\n\r\n",
                           "POST /v1/events HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n",
                           "POST /v1/events HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"}) {
    auto client = connect();
    client.send(text);
    const auto response = client.read();
    EXPECT_EQ(response.result_int(), 400U) << text;
    EXPECT_FALSE(response.keep_alive()) << text;
  }
}

TEST_F(HttpServerTest, TakesTheAbsoluteFormOfATarget) {
  start();
  EXPECT_EQ(connect().get("http://example.org/v1/items/242?").result_int(), 200U);
  EXPECT_EQ(connect().get("http://example.org").result_int(), 404U);
  EXPECT_EQ(connect().request("OPTIONS", "*").result_int(), 404U);
}

TEST_F(HttpServerTest, DisconnectsWhoSendsNothing) {
  start({.idle_timeout = std::chrono::milliseconds(50)});
  EXPECT_TRUE(connect().reads_end());
  auto halfway = connect();
  halfway.send("GET /healthz HT");
  EXPECT_TRUE(halfway.reads_end());
}

TEST_F(HttpServerTest, DisconnectsWhoSendsHalfABody) {
  start({.body_timeout = std::chrono::milliseconds(50)});
  auto client = connect();
  client.send("POST /v1/events HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\nhalf");
  EXPECT_TRUE(client.reads_end());
  EXPECT_EQ(connect().get("/healthz").result_int(), 200U);
}

TEST_F(HttpServerTest, SurvivesClientsThatHangUp) {
  start();
  for (int i = 0; i < 20; ++i) {
    auto client = connect();
    client.send(raw_post(kEvent).substr(0, static_cast<std::size_t>(10 * i)));
  }
  EXPECT_EQ(connect().get("/healthz").result_int(), 200U);
}

TEST_F(HttpServerTest, RefusesMoreConnectionsThanItTakes) {
  start({.max_connections = 2});
  auto first = connect();
  auto second = connect();
  EXPECT_EQ(first.get("/healthz").result_int(), 200U);
  EXPECT_EQ(second.get("/healthz").result_int(), 200U);
  auto third = connect();
  EXPECT_EQ(third.read().result_int(), 503U);
  EXPECT_EQ(first.get("/healthz").result_int(), 200U);
}

TEST_F(HttpServerTest, ServesManyConnectionsAtOnce) {
  start();
  std::atomic<int> right = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&, i] {
      auto client = connect();
      for (int request = 0; request < 25; ++request) {
        const std::string user = "u" + std::to_string(i);
        const auto appended =
            client.post("/v1/events", R"({"user_id":")" + user + R"(","item_id":"242","type":"view"})");
        const auto recommended = client.get("/v1/recommendations?user_id=" + user);
        if (appended.result_int() == 200 && recommended.result_int() == 200) ++right;
      }
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(right, 16 * 25);
}

TEST_F(HttpServerTest, AnswersOthersWhileARequestWaitsForTheDisk) {
  start({.threads = 1});
  services_.log().hold();
  auto waiting = connect();
  waiting.send(raw_post(kEvent));
  services_.log().wait_until_held(1);
  EXPECT_EQ(connect().get("/healthz").result_int(), 200U);
  services_.log().release();
  EXPECT_EQ(waiting.read().result_int(), 200U);
}

TEST_F(HttpServerTest, LetsRequestsInFlightFinishWhenItStops) {
  start();
  auto idle = connect();
  EXPECT_EQ(idle.get("/healthz").result_int(), 200U);
  services_.log().hold();
  auto client = connect();
  client.send(raw_post(kEvent));
  services_.log().wait_until_held(1);
  std::thread stopper([this] { server_->stop(); });
  EXPECT_TRUE(idle.reads_end());  // The server drains by now.
  services_.log().release();
  const auto response = client.read();
  EXPECT_EQ(response.result_int(), 200U);
  EXPECT_FALSE(response.keep_alive());
  EXPECT_TRUE(client.reads_end());
  stopper.join();
  EXPECT_THROW(connect(), boost::system::system_error);
}

TEST_F(HttpServerTest, ServesOnWhileItPreparesToStopAndSaysSo) {
  start();
  auto early = connect();
  EXPECT_EQ(early.get("/readyz").result_int(), 200U);
  server_->prepare_to_stop();
  const auto unready = early.get("/readyz");
  EXPECT_EQ(unready.result_int(), 503U);
  EXPECT_FALSE(unready.keep_alive());
  EXPECT_TRUE(early.reads_end());
  const auto answer = connect().post("/v1/events", kEvent);
  EXPECT_EQ(answer.result_int(), 200U) << "new connections are still served";
  EXPECT_FALSE(answer.keep_alive());
}

TEST_F(HttpServerTest, AFreshConnectionIsServedOnceMore) {
  start({.threads = 1});
  auto fresh = connect();
  ASSERT_EQ(connect().get("/healthz").result_int(), 200U) << "the server has accepted the one before";
  std::thread stopper([this] { server_->stop(); });
  // Sent before or after the server began to stop: it waits for the first request of a client that has just come.
  EXPECT_EQ(fresh.post("/v1/events", kEvent).result_int(), 200U);
  EXPECT_TRUE(fresh.reads_end());
  stopper.join();
}

// Refuses a share of the requests while its loop cannot keep up, and none of them afterwards.
TEST_F(HttpServerTest, ShedsLoadWhileHealthChecksPass) {
  HttpSettings settings{.threads = 1};
  settings.admission = {std::chrono::milliseconds(5), std::chrono::milliseconds(20)};
  start(settings);
  services_.feature_faults().before_each(
      [](std::string_view) { std::this_thread::sleep_for(std::chrono::milliseconds(2)); });
  std::atomic<bool> shed = false;
  std::vector<std::thread> crowd;
  for (int i = 0; i < 16; ++i) {
    crowd.emplace_back([this, &shed] {
      auto client = connect();
      while (!shed) {
        const auto answer = client.get("/v1/users/196/features");
        if (answer.result_int() != 429) continue;
        EXPECT_EQ(answer["Retry-After"], "1");
        EXPECT_TRUE(answer.keep_alive());
        shed = true;
      }
    });
  }
  auto prober = connect();
  while (!shed) EXPECT_EQ(prober.get("/healthz").result_int(), 200U);
  for (std::thread& client : crowd) client.join();
  services_.feature_faults().before_each({});
  auto client = connect();
  while (client.get("/v1/users/196/features").result_int() != 200) {
  }
  EXPECT_THAT(client.get("/metrics").body(), HasSubstr("magpie_http_requests_shed_total"));
}

TEST_F(HttpServerTest, HangsUpOnRequestsThatOutlastTheDrain) {
  start({.drain_timeout = std::chrono::milliseconds(20)});
  services_.log().hold();
  auto client = connect();
  client.send(raw_post(kEvent));
  services_.log().wait_until_held(1);
  std::thread stopper([this] { server_->stop(); });
  EXPECT_TRUE(client.reads_end());
  services_.log().release();
  stopper.join();
}

TEST_F(HttpServerTest, ATrainingWaitedForDoesNotHoldUpTheStop) {
  start();
  services_.hold_training();
  auto client = connect();
  client.send("POST /v1/training?wait=true HTTP/1.1\r\nHost: test\r\n\r\n");
  auto other = connect();
  while (json::parse(other.get("/v1/training").body()).at("running") == false) {
  }
  server_->stop();
  EXPECT_EQ(client.read().result_int(), 503U);
  services_.finish_training();
}

TEST_F(HttpServerTest, StopsTwiceAndWithoutAStart) {
  start();
  server_->stop();
  server_->stop();
  HttpServer never(services_.get(), {});
  never.stop();
  EXPECT_EQ(never.port(), 0);
}

TEST_F(HttpServerTest, SaysWhyItCannotListen) {
  start();
  HttpServer same(services_.get(), {.port = server_->port()});
  const auto taken = same.start();
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_THAT(taken.error().message(), HasSubstr("in use"));
  HttpServer nowhere(services_.get(), {.host = "not an address", .port = 0});
  EXPECT_EQ(nowhere.start().error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(HttpServerTest, CountsItsRequests) {
  start();
  auto client = connect();
  client.get("/v1/items/242");
  client.get("/v1/items/none");
  const auto metrics = client.get("/metrics");
  EXPECT_EQ(metrics["Content-Type"], "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(metrics.body(),
              HasSubstr("magpie_http_requests_total{code=\"2xx\",method=\"GET\",route=\"/v1/items/{id}\"} 1"));
  EXPECT_THAT(metrics.body(),
              HasSubstr("magpie_http_requests_total{code=\"4xx\",method=\"GET\",route=\"/v1/items/{id}\"} 1"));
}

}  // namespace
}  // namespace magpie::api
