// kill -9 at each task of the daily pipeline in turn, and then at arbitrary moments: the run is gone on with by the
// next process, and ends with the same model, byte for byte, as one that nobody disturbed.
//
// A task is caught without a race: its log is a named pipe. The server stores the task as running, opens the log, and
// waits there for a reader that never comes.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/http_client.h"
#include "base/file.h"
#include "base/random.h"
#include "batch/daily_pipeline.h"
#include "e2e/shop.h"
#include "process/child_process.h"

namespace magpie::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr auto kPatience = std::chrono::seconds(300);
constexpr auto kPoll = std::chrono::milliseconds(5);

// One `magpie serve` on a data directory.
class Server {
 public:
  explicit Server(const fs::path& data) : data_(data) {
    std::vector<std::string> argv{std::string(MAGPIE_BINARY_DIR) + "/bin/magpie", "serve", "--data", data.string()};
    argv.insert(argv.end(), {"--listen", "127.0.0.1:0"});
    for (const auto* setting : {"server.grpc_listen=", "train.on_start=false",
                                "pipeline.schedule=", "pipeline.retries=100", "pipeline.retry_backoff=0s",
                                // So many trials however long they take: else the models would depend on time.
                                "search.trials=4", "search.budget=1h", "rollout.monitoring=0s", "rollout.step_hold=0s",
                                "rollout.check_interval=100ms"}) {
      argv.insert(argv.end(), {"--set", setting});
    }
    auto process = ChildProcess::start(argv, data.parent_path() / (data.filename().string() + ".log"));
    EXPECT_TRUE(process.ok()) << process.status().to_string();
    process_ = std::move(process).value();
    const auto address = wait_until_ready(data, *process_, kPatience);
    EXPECT_TRUE(address.ok()) << address.status().to_string();
    if (address.ok()) http_.emplace(*address, kPatience);
  }

  void post(const std::string& target, const json& body = {}) {
    const auto answer = http_->call("POST", target, body.is_null() ? std::string() : body.dump());
    EXPECT_TRUE(answer.ok()) << target << ": " << answer.status().to_string();
  }
  [[nodiscard]] json get(const std::string& target) {
    const auto answer = http_->call("GET", target);
    EXPECT_TRUE(answer.ok()) << target << ": " << answer.status().to_string();
    return answer.ok() ? json::parse(*answer) : json();
  }
  void stop() {
    process_->signal(SIGTERM);
    EXPECT_EQ(process_->wait(kPatience), 0);
  }
  void kill() {
    process_->signal(SIGKILL);
    EXPECT_EQ(process_->wait(kPatience), 128 + SIGKILL);
  }

 private:
  fs::path data_;
  std::optional<ChildProcess> process_;
  std::optional<app::HttpClient> http_;
};

class PipelineKill : public ::testing::Test {
 protected:
  // A shop with a model in production, so that a new version has to go through a canary.
  void SetUp() override {
    Server server(shop_);
    server.post("/v1/items", shop_items());
    server.post("/v1/users", shop_users());
    server.post("/v1/events", shop_events(SystemClock().now()));
    server.post("/v1/training?wait=true");
    server.stop();
    reference_ = copy_of_shop("reference");
    Server undisturbed(reference_);
    begin(undisturbed);
    const json run = finish(undisturbed);
    undisturbed.stop();
    ASSERT_EQ(run.at("state"), "succeeded") << run.dump(1);
    expected_ = artifacts_in(reference_);
    ASSERT_TRUE(expected_.contains("item_factors"));
    ASSERT_TRUE(expected_.contains("two_tower"));
  }

  [[nodiscard]] fs::path copy_of_shop(const std::string& name) const {
    const fs::path to = directory_.path() / name;
    fs::copy(shop_, to, fs::copy_options::recursive);
    return to;
  }
  // Named after one moment in all copies, so that all have one window.
  void begin(Server& server) const { server.post("/v1/pipeline/runs?run_id=" + app::percent_encode(run_id_)); }
  [[nodiscard]] json finish(Server& server) const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (true) {
      json run = server.get("/v1/pipeline/runs/" + app::percent_encode(run_id_));
      if (run.at("state") != "running" || std::chrono::steady_clock::now() > deadline) return run;
      std::this_thread::sleep_for(kPoll);
    }
  }
  [[nodiscard]] std::string state_of(const fs::path& data, const std::string& task) const {
    const auto text = read_file(data / "pipeline" / run_id_ / "run.json");
    if (!text.ok()) return {};
    return json::parse(*text).at("tasks").at(task).at("state");
  }
  void wait_until_running(const fs::path& data, const std::string& task) const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (state_of(data, task) != "running") {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << task << " was never reached";
      std::this_thread::sleep_for(kPoll);
    }
  }
  // Name to bytes, of the second version: the first one is the shop's own.
  [[nodiscard]] static std::map<std::string, std::string> artifacts_in(const fs::path& data) {
    std::map<std::string, std::string> artifacts;
    for (const auto& entry : fs::directory_iterator(data / "models" / "v000002")) {
      if (entry.path().filename() == "manifest.json") continue;  // It has the time of the run.
      artifacts[entry.path().filename().string()] = *read_file(entry.path());
    }
    return artifacts;
  }
  void expect_the_same_model(const fs::path& data, Server& server) const {
    const auto artifacts = artifacts_in(data);
    ASSERT_EQ(artifacts.size(), expected_.size());
    for (const auto& [name, bytes] : artifacts) EXPECT_TRUE(bytes == expected_.at(name)) << name << " differs";
    const json models = server.get("/v1/models");
    EXPECT_EQ(models.at("production"), 2);
    EXPECT_EQ(models.at("models").size(), 2U) << "published once";
  }

  TemporaryDirectory directory_;
  const fs::path shop_ = directory_.path() / "shop";
  const std::string run_id_ = batch::pipeline::scheduled_run_id(SystemClock().now() - std::chrono::hours(24)).get();
  fs::path reference_;
  std::map<std::string, std::string> expected_;
};

TEST_F(PipelineKill, AtEachTaskInTurn) {
  const auto dag = batch::daily_dag();
  for (const auto& task : dag.tasks()) {
    SCOPED_TRACE(task.id);
    const fs::path data = copy_of_shop(task.id);
    const fs::path logs = data / "pipeline" / run_id_ / "logs";
    fs::create_directories(logs);
    ASSERT_EQ(::mkfifo((logs / (task.id + ".1.log")).c_str(), 0600), 0);
    {
      Server server(data);
      begin(server);
      wait_until_running(data, task.id);
      server.kill();
    }
    ASSERT_EQ(state_of(data, task.id), "running");
    Server server(data);  // Goes on by itself.
    const json run = finish(server);
    ASSERT_EQ(run.at("state"), "succeeded") << run.dump(1);
    for (const json& record : run.at("tasks")) {
      if (record.at("id") == task.id) {
        EXPECT_EQ(record.at("attempts"), 2);
      }
    }
    expect_the_same_model(data, server);
    server.stop();
    fs::remove_all(data);
  }
}

TEST_F(PipelineKill, AtArbitraryMoments) {
  const fs::path data = copy_of_shop("arbitrary");
  Random random(7);
  {
    Server server(data);
    begin(server);
  }  // Killed at once.
  int kills = 1;
  json run;
  while (true) {
    Server server(data);
    // Not a synchronisation: the moment of the kill is meant to be arbitrary. Later and later, so that it ends.
    const auto lifetime = std::chrono::milliseconds(random.below(100 + 100 * static_cast<std::uint64_t>(kills)));
    std::this_thread::sleep_for(lifetime);
    run = server.get("/v1/pipeline/runs/" + app::percent_encode(run_id_));
    if (run.at("state") != "running") {
      EXPECT_EQ(run.at("state"), "succeeded") << run.dump(1);
      expect_the_same_model(data, server);
      server.stop();
      break;
    }
    server.kill();
    ++kills;
  }
  EXPECT_GT(kills, 2);
}

}  // namespace
}  // namespace magpie::tests
