// kill -9 in the middle of ingestion, twenty times: every acknowledged event is there, counted once, and the features
// equal a recompute from all events.

#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "adapters/embedded/duck_history_store.h"
#include "adapters/embedded/storage.h"
#include "app/http_client.h"
#include "base/random.h"
#include "kernels/feature_update.h"
#include "process/child_process.h"

namespace magpie::tests {
namespace {

constexpr int kKills = 20;
constexpr auto kPatience = std::chrono::seconds(120);

// Sends batches until the server dies, and remembers what was acknowledged. A tenth of the events repeat earlier ids
// and a tenth are hours old.
class Sender {
 public:
  explicit Sender(std::uint64_t seed) : random_(seed) {}

  void send_until_refused(const app::HostPort& server) {
    app::HttpClient client(server, kPatience);
    while (true) {
      auto batch = make_batch();
      const auto answer = client.send("POST", "/v1/events", batch.dump());
      if (!answer.ok()) return;
      ASSERT_EQ(answer->status / 100, 2U) << answer->body;
      for (const auto& event : batch) acknowledged_.insert(event["event_id"].get<std::string>());
      ++batches_;
    }
  }

  [[nodiscard]] const std::set<std::string>& acknowledged() const { return acknowledged_; }
  [[nodiscard]] std::size_t batches() const { return batches_; }

 private:
  nlohmann::json make_batch() {
    auto batch = nlohmann::json::array();
    for (int i = 0; i < 50; ++i) batch.push_back(make_event());
    return batch;
  }

  nlohmann::json make_event() {
    const bool repeat = !sent_.empty() && random_.below(10) == 0;
    if (repeat) return sent_[random_.below(sent_.size())];
    const bool late = random_.below(10) == 0;
    const auto now = to_unix_ms(SystemClock().now());
    static constexpr std::array kTypes{"view", "click", "purchase", "like"};
    nlohmann::json event{{"event_id", "e" + std::to_string(next_++)},
                         {"user_id", "u" + std::to_string(random_.below(2'000))},
                         {"item_id", "i" + std::to_string(random_.below(200))},
                         {"type", kTypes[random_.below(kTypes.size())]},
                         {"timestamp", late ? now - 7'200'000 : now}};
    sent_.push_back(event);
    return event;
  }

  Random random_;
  std::uint64_t next_ = 0;
  std::size_t batches_ = 0;
  std::vector<nlohmann::json> sent_;
  std::set<std::string> acknowledged_;
};

std::vector<Event> read_log(EventLog& log) {
  std::vector<Event> events;
  Offset from = 0;
  while (true) {
    auto chunk = log.read(0, from, 10'000);
    EXPECT_TRUE(chunk.ok()) << chunk.status().to_string();
    if (!chunk.ok() || chunk->empty()) return events;
    from = chunk->back().offset + 1;
    for (auto& logged : *chunk) events.push_back(std::move(logged.event));
  }
}

ChildProcess start_server(const TemporaryDirectory& directory) {
  auto server = ChildProcess::start(
      {std::string(MAGPIE_BINARY_DIR) + "/bin/magpie", "serve", "--data", (directory.path() / "data").string(),
       "--listen", "127.0.0.1:0", "--set", "server.grpc_listen=", "--set", "train.on_start=false"},
      directory.path() / "log");
  EXPECT_TRUE(server.ok()) << server.status().to_string();
  return std::move(server).value();
}

TEST(KillDuringIngestion, LosesNothingAndCountsNothingTwice) {
  const TemporaryDirectory directory;
  const auto data = directory.path() / "data";
  Sender sender(1);
  Random random(2);
  for (int kill = 0; kill < kKills; ++kill) {
    auto server = start_server(directory);
    const auto address = wait_until_ready(data, server, kPatience);
    ASSERT_TRUE(address.ok()) << address.status().to_string();
    std::thread client([&] { sender.send_until_refused(*address); });
    // Not a synchronisation: the moment of the kill is meant to be arbitrary.
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random.below(300)));
    server.signal(SIGKILL);
    client.join();
    ASSERT_EQ(server.wait(kPatience), 128 + SIGKILL);
  }
  ASSERT_GT(sender.batches(), static_cast<std::size_t>(kKills));

  // A last start takes up whatever was left; ready means that it has.
  auto server = start_server(directory);
  const auto ready = wait_until_ready(data, server, kPatience);
  ASSERT_TRUE(ready.ok()) << ready.status().to_string();
  server.signal(SIGTERM);
  ASSERT_EQ(server.wait(kPatience), 0);

  const SystemClock clock;
  const auto types = EventTypes::defaults();
  auto storage = embedded::Storage::open(data / "storage", types, clock, nullptr);
  ASSERT_TRUE(storage.ok()) << storage.status().to_string();
  const auto events = read_log((*storage)->event_log());

  std::set<std::string> logged;
  std::map<UserId, UserState> states;
  std::map<ItemId, ItemStats> stats;
  for (const auto& event : events) {
    logged.insert(event.id.get());
    if (apply_to_user(states[event.user], event) == Applied::kNew) apply_to_item(stats[event.item], event);
  }
  for (const auto& id : sender.acknowledged())
    ASSERT_TRUE(logged.contains(id)) << id << " was acknowledged and is gone";

  for (const auto& [user, state] : states) {
    const auto features = (*storage)->features().user(user);
    ASSERT_TRUE(features.ok()) << features.status().to_string();
    EXPECT_EQ((*features)->recent, state) << user.get();
  }
  std::uint64_t counted = 0;
  for (const auto& [item, expected] : stats) {
    const auto actual = (*storage)->features().item(item);
    ASSERT_TRUE(actual.ok()) << actual.status().to_string();
    EXPECT_EQ(*actual, expected) << item.get();
    for (const auto count : actual->total) counted += count;
  }
  EXPECT_EQ(counted, logged.size());

  auto history = embedded::DuckHistoryStore::open(data / "history", types);
  ASSERT_TRUE(history.ok()) << history.status().to_string();
  std::set<std::string> persisted;
  const auto scanned = (*history)->scan({from_unix_ms(0), clock.now() + std::chrono::hours(1)}, [&](auto batch) {
    for (const Event& event : batch) EXPECT_TRUE(persisted.insert(event.id.get()).second) << "scanned twice";
    return Status();
  });
  ASSERT_TRUE(scanned.ok()) << scanned.to_string();
  EXPECT_EQ(persisted, logged);
}

}  // namespace
}  // namespace magpie::tests
