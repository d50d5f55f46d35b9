// SIGTERM under load: every request that a client had reason to send is answered, every acknowledged event is kept, and
// /readyz tells a load balancer in time.

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/embedded/storage.h"
#include "app/http_client.h"
#include "process/child_process.h"
#include "tests/api/http_test_client.h"

namespace magpie::tests {
namespace {

constexpr auto kPatience = std::chrono::seconds(120);
constexpr int kClients = 8;

ChildProcess start_server(const TemporaryDirectory& directory, const std::string& drain_delay) {
  auto server = ChildProcess::start(
      {std::string(MAGPIE_BINARY_DIR) + "/bin/magpie", "serve", "--data", (directory.path() / "data").string(),
       "--listen", "127.0.0.1:0", "--set", "server.grpc_listen=", "--set", "train.on_start=false", "--set",
       "server.drain_delay=" + drain_delay, "--set", "server.overload_delay=0ms"},
      directory.path() / "log");
  EXPECT_TRUE(server.ok()) << server.status().to_string();
  return std::move(server).value();
}

int count_logged(EventLog& log) {
  int events = 0;
  Offset from = 0;
  while (true) {
    auto chunk = log.read(0, from, 10'000);
    EXPECT_TRUE(chunk.ok()) << chunk.status().to_string();
    if (!chunk.ok() || chunk->empty()) return events;
    from = chunk->back().offset + 1;
    events += static_cast<int>(chunk->size());
  }
}

struct Outcome {
  int answered = 0;
  int unanswered = 0;  // Sent in good faith and not answered with 200.
};

// A client that keeps its connection until it is told to close it, and then makes another, until it is refused.
Outcome ask_until_refused(const app::HostPort& server, const std::atomic<bool>& told_to_stop) {
  Outcome outcome;
  while (true) {
    std::optional<api::HttpTestClient> client;
    try {
      client.emplace(server.port);
    } catch (const std::exception&) {
      return outcome;  // Nobody listens: nothing was sent.
    }
    bool open = true;
    while (open) {
      const auto answer = client->post("/v1/events", R"({"user_id":"u","item_id":"i","type":"view"})");
      const bool ok = answer.result_int() == 200;
      ++(ok ? outcome.answered : outcome.unanswered);
      open = ok && answer.keep_alive();
    }
    if (outcome.unanswered > 0 && told_to_stop) return outcome;
  }
}

TEST(Drain, AnswersEverythingThatWasSentInGoodFaith) {
  const TemporaryDirectory directory;
  auto server = start_server(directory, "300ms");
  const auto address = wait_until_ready(directory.path() / "data", server, kPatience);
  ASSERT_TRUE(address.ok()) << address.status().to_string();
  std::atomic<bool> told_to_stop = false;
  std::vector<Outcome> outcomes(kClients);
  std::vector<std::thread> clients;
  for (Outcome& outcome : outcomes) {
    clients.emplace_back([&] { outcome = ask_until_refused(*address, told_to_stop); });
  }
  api::HttpTestClient balancer(address->port);
  ASSERT_EQ(balancer.get("/readyz").result_int(), 200U);
  server.signal(SIGTERM);
  told_to_stop = true;
  // The balancer's connection is open: what it asks is answered, until it is told to close.
  unsigned ready = 200;
  bool open = true;
  while (open) {
    const auto answer = balancer.get("/readyz");
    ready = answer.result_int();
    open = answer.keep_alive() && ready == 200;
  }
  EXPECT_EQ(ready, 503U);
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(server.wait(kPatience), 0);
  int answered = 0;
  for (const Outcome& outcome : outcomes) {
    answered += outcome.answered;
    EXPECT_EQ(outcome.unanswered, 0);
  }
  EXPECT_GT(answered, kClients);

  const SystemClock clock;
  const auto types = EventTypes::defaults();
  auto storage = embedded::Storage::open(directory.path() / "data" / "storage", types, clock, nullptr);
  ASSERT_TRUE(storage.ok()) << storage.status().to_string();
  EXPECT_EQ(count_logged((*storage)->event_log()), answered) << "what was acknowledged is in the log, once";
}

TEST(Drain, ASecondSignalEndsTheWait) {
  const TemporaryDirectory directory;
  auto server = start_server(directory, "10m");
  const auto address = wait_until_ready(directory.path() / "data", server, kPatience);
  ASSERT_TRUE(address.ok()) << address.status().to_string();
  server.signal(SIGTERM);
  unsigned ready = 200;
  while (ready == 200) ready = api::HttpTestClient(address->port).get("/readyz").result_int();
  EXPECT_EQ(ready, 503U);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(kPatience), 0);
}

}  // namespace
}  // namespace magpie::tests
