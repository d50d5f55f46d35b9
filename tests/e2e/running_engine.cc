#include "e2e/running_engine.h"

#include <csignal>

#include "e2e/shop.h"

namespace magpie::tests {

std::string magpie_program() { return std::string(MAGPIE_BINARY_DIR) + "/bin/magpie"; }

void RunningEngine::start() {
  auto process = ChildProcess::start(
      {magpie_program(), "serve", "--data", data().string(), "--listen", "127.0.0.1:0", "--grpc-listen", "127.0.0.1:0",
       // A test machine may stand still for longer than a strategy may take in production.
       "--set", "serving.strategy_deadline=10s"},
      directory_.path() / "server.log");
  ASSERT_TRUE(process.ok()) << process.status().to_string();
  process_ = std::move(*process);
  const auto ready = wait_until_ready(data(), *process_, kPatience);
  ASSERT_TRUE(ready.ok()) << ready.status().to_string();
  auto addresses = app::read_server_file(data());
  ASSERT_TRUE(addresses.ok()) << addresses.status().to_string();
  addresses_ = *addresses;
  http_.emplace(addresses_.http, kPatience);
}

void RunningEngine::stop() {
  process_->signal(SIGTERM);
  EXPECT_EQ(process_->wait(kPatience), 0);
}

nlohmann::json RunningEngine::get(const std::string& target) { return call("GET", target); }

nlohmann::json RunningEngine::call(const std::string& method, const std::string& target, const nlohmann::json& body) {
  const auto answer = http_->call(method, target, body.is_null() ? std::string() : body.dump());
  EXPECT_TRUE(answer.ok()) << method << " " << target << ": " << answer.status().to_string();
  if (!answer.ok() || answer->empty()) return {};
  return nlohmann::json::parse(*answer);
}

unsigned RunningEngine::status_of(const std::string& target) {
  const auto answer = http_->get(target);
  EXPECT_TRUE(answer.ok()) << answer.status().to_string();
  return answer.ok() ? answer->status : 0;
}

std::vector<std::string> RunningEngine::recommend(const std::string& user, const std::string& parameters) {
  std::vector<std::string> ids;
  const auto answer = get("/v1/recommendations?user_id=" + user + parameters);
  for (const auto& item : answer.value("items", nlohmann::json::array())) ids.push_back(item.at("id"));
  return ids;
}

void RunningEngine::fill_shop() {
  call("POST", "/v1/items", shop_items());
  call("POST", "/v1/users", shop_users());
  const auto outcome = call("POST", "/v1/events", shop_events(SystemClock().now()));
  EXPECT_TRUE(outcome.value("rejected", nlohmann::json::array()).empty()) << outcome.dump();
  train();
}

nlohmann::json RunningEngine::train() {
  return call("POST", "/v1/training?wait=true").value("last", nlohmann::json::object());
}

Finished RunningEngine::command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), magpie_program());
  arguments.insert(arguments.begin() + 2, {"--data", data().string()});
  auto finished = run_to_end(arguments, kPatience);
  EXPECT_TRUE(finished.ok()) << finished.status().to_string();
  return finished.ok() ? *finished : Finished{};
}

}  // namespace magpie::tests
