// A `magpie serve` on a directory of its own, with or without the shop in it, for end-to-end tests.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/http_client.h"
#include "app/server_file.h"
#include "process/child_process.h"

namespace magpie::tests {

inline constexpr auto kPatience = std::chrono::seconds(180);

[[nodiscard]] std::string magpie_program();

class RunningEngine {
 public:
  RunningEngine() { start(); }

  void start();
  // SIGTERM; the exit status must be 0.
  void stop();

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }
  [[nodiscard]] std::filesystem::path data() const { return directory_.path() / "data"; }
  [[nodiscard]] const app::ServerFile& addresses() const { return addresses_; }
  [[nodiscard]] app::HttpClient& http() { return *http_; }

  // Each fails the test unless the server answers 2xx.
  nlohmann::json get(const std::string& target);
  nlohmann::json call(const std::string& method, const std::string& target, const nlohmann::json& body = {});
  [[nodiscard]] unsigned status_of(const std::string& target);
  // Ids of the recommended items.
  std::vector<std::string> recommend(const std::string& user, const std::string& parameters = "");
  // Users, items, events, and a model trained on them.
  void fill_shop();
  nlohmann::json train();
  // Runs `magpie COMMAND --data <this> ARGUMENTS` to its end.
  Finished command(std::vector<std::string> arguments);

 private:
  TemporaryDirectory directory_;
  std::optional<ChildProcess> process_;
  app::ServerFile addresses_;
  std::optional<app::HttpClient> http_;
};

// Polls until `condition` holds; false after kPatience.
template <typename Condition>
[[nodiscard]] bool eventually(const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

}  // namespace magpie::tests
