// Durable events a second through POST /v1/events, client and server on the same two cores: 1,000,000 events of 50,000
// users and 20,000 items (Zipf), two connections, batches of 5,000. Two figures: until everything is acknowledged, and
// until everything acknowledged is also in the features and in history.

#include <atomic>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/clock.h"
#include "base/random.h"
#include "engine.h"
#include "engine_server.h"
#include "report.h"

namespace magpie::bench {
namespace {

constexpr std::size_t kEvents = 1'000'000;
constexpr std::size_t kBatch = 5'000;
constexpr std::size_t kConnections = 2;
constexpr std::size_t kUsers = 50'000;
constexpr std::size_t kItems = 20'000;
// The second figure is about throughput: it must not wait ten seconds for the last, small flush.
constexpr auto kFlushInterval = "history.flush_interval=500ms";

// Zipf with exponent 1, by inverting its continuous distribution.
std::size_t zipf(Random& random, std::size_t bound) {
  return static_cast<std::size_t>(std::pow(static_cast<double>(bound), random.uniform())) - 1;
}

std::string make_batch(Random& random, std::int64_t now_ms) {
  static constexpr std::array kTypes{"view", "view", "view", "click", "add_to_cart", "purchase"};
  std::string body = "[";
  for (std::size_t i = 0; i < kBatch; ++i) {
    if (i > 0) body += ',';
    body += R"({"user_id":"user-)" + std::to_string(random.below(kUsers)) + R"(","item_id":"item-)" +
            std::to_string(zipf(random, kItems)) + R"(","type":")" + kTypes[random.below(kTypes.size())] +
            R"(","timestamp":)" + std::to_string(now_ms - static_cast<std::int64_t>(random.below(3'600'000))) + "}";
  }
  return body + "]";
}

Status send_all(const app::HostPort& server, const std::vector<std::string>& batches, std::atomic<std::size_t>& next) {
  app::HttpClient client(server, std::chrono::seconds(120));
  while (true) {
    const auto index = next.fetch_add(1);
    if (index >= batches.size()) return {};
    MAGPIE_ASSIGN_OR_RETURN(const auto answer, client.call("POST", "/v1/events", batches[index]));
    const auto accepted = nlohmann::json::parse(answer).value("accepted", std::size_t{0});
    if (accepted != kBatch) return internal_error("a batch was not accepted whole: " + answer.substr(0, 300));
  }
}

Status send_on_all_connections(const app::HostPort& server, const std::vector<std::string>& batches) {
  std::atomic<std::size_t> next{0};
  std::vector<Status> outcomes(kConnections);
  std::vector<std::jthread> threads;
  for (auto& outcome : outcomes) {
    threads.emplace_back([&, result = &outcome] { *result = send_all(server, batches, next); });
  }
  threads.clear();  // Joins.
  for (const auto& outcome : outcomes) MAGPIE_RETURN_IF_ERROR(outcome);
  return {};
}

// The sum of a metric over its labels.
Result<double> metric(app::HttpClient& client, const std::string& name) {
  MAGPIE_ASSIGN_OR_RETURN(const auto text, client.call("GET", "/metrics"));
  double sum = 0;
  bool found = false;
  for (std::size_t at = text.find("\n" + name); at != std::string::npos; at = text.find("\n" + name, at + 1)) {
    const auto end = text.find('\n', at + 1);
    const auto line = text.substr(at + 1, end - at - 1);
    if (line[name.size()] != ' ' && line[name.size()] != '{') continue;
    sum += std::stod(line.substr(line.rfind(' ')));
    found = true;
  }
  if (!found) return internal_error("no metric " + name);
  return sum;
}

// A training waits for features and history first; here there must be no training, so the lags are watched.
Status wait_until_processed(const app::HostPort& server) {
  app::HttpClient client(server, std::chrono::seconds(120));
  while (true) {
    MAGPIE_ASSIGN_OR_RETURN(const auto applied, metric(client, "magpie_stream_events_total"));
    MAGPIE_ASSIGN_OR_RETURN(const auto persisted, metric(client, "magpie_history_events_total"));
    if (std::min(applied, persisted) >= static_cast<double>(kEvents)) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace

Status engine_import(const Setup& setup) {
  Random random(7);
  const auto now_ms = to_unix_ms(SystemClock().now());
  std::vector<std::string> batches;
  for (std::size_t i = 0; i < kEvents / kBatch; ++i) batches.push_back(make_batch(random, now_ms));

  const tests::TemporaryDirectory directory;
  const auto data = directory.path() / "data";
  std::filesystem::create_directories(data);
  MAGPIE_ASSIGN_OR_RETURN(auto server, BenchServer::start(setup, data, {"train.on_start=false", kFlushInterval}));
  const auto began = std::chrono::steady_clock::now();
  MAGPIE_RETURN_IF_ERROR(send_on_all_connections(server.address(), batches));
  const std::chrono::duration<double> acknowledged = std::chrono::steady_clock::now() - began;
  MAGPIE_RETURN_IF_ERROR(wait_until_processed(server.address()));
  const std::chrono::duration<double> processed = std::chrono::steady_clock::now() - began;
  print({.name = "durable events over HTTP",
         .value = kEvents / acknowledged.count(),
         .unit = "events/s",
         .bar = 100'000,
         .peer = "Gorse 0.5.11, feedback in batches of 1,000",
         .peer_value = 14'872,
         .command = "./bench.sh engine-import"});
  print({.name = "the same until in features and history too",
         .value = kEvents / processed.count(),
         .unit = "events/s",
         .command = "./bench.sh engine-import"});
  return server.stop();
}

}  // namespace magpie::bench
