// ServerConnection: the server that a command talks to: the one running on the data directory, or, where none runs, one
// inside this process on a free loopback port, for as long as this object lives (docs/adr/0005).
//
// Thread-safety: one thread.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/http_client.h"
#include "app/server.h"
#include "app/settings.h"
#include "base/status.h"

namespace magpie::app {

class ServerConnection {
 public:
  [[nodiscard]] static Result<std::unique_ptr<ServerConnection>> open(const std::filesystem::path& data,
                                                                      const Settings& settings);

  [[nodiscard]] HttpClient& http() { return http_; }
  [[nodiscard]] const HostPort& address() const { return address_; }
  // GET, parsed.
  [[nodiscard]] Result<nlohmann::json> get(const std::string& target);
  // Where the server is inside this process: waits until everything sent is processed and stored.
  [[nodiscard]] Status finish();

 private:
  ServerConnection(HostPort address, std::unique_ptr<Server> hosted);

  std::unique_ptr<Server> hosted_;  // nullptr: somebody else's process.
  HostPort address_;
  HttpClient http_;
};

[[nodiscard]] Result<nlohmann::json> parse_json(const std::string& text);

}  // namespace magpie::app
