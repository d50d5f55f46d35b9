#include "app/server_connection.h"

#include <utility>

namespace magpie::app {
namespace {

// A training on a large history takes its time; a dead server is noticed by the connection, not by the clock.
constexpr auto kPatience = std::chrono::hours(24);
constexpr auto kProbePatience = std::chrono::seconds(5);

bool answers(const HostPort& address) {
  const auto health = HttpClient(address, kProbePatience).get("/healthz");
  return health.ok() && health->status == 200;
}

}  // namespace

Result<nlohmann::json> parse_json(const std::string& text) {
  auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return data_loss("the server's answer is not JSON: " + text.substr(0, 200));
  return json;
}

Result<std::unique_ptr<ServerConnection>> ServerConnection::open(const std::filesystem::path& data,
                                                                 const Settings& settings) {
  if (const auto file = read_server_file(data); file.ok() && answers(file->http)) {
    return std::unique_ptr<ServerConnection>(new ServerConnection(file->http, nullptr));
  }
  const auto logger = Logger::to_stderr(LogLevel::kWarning, settings.log.format());
  MAGPIE_ASSIGN_OR_RETURN(auto hosted, Server::host_in_process(data, settings, logger));
  MAGPIE_RETURN_IF_ERROR(hosted->engine().wait_until_prepared());
  const auto address = hosted->addresses().http;
  return std::unique_ptr<ServerConnection>(new ServerConnection(address, std::move(hosted)));
}

ServerConnection::ServerConnection(HostPort address, std::unique_ptr<Server> hosted)
    : hosted_(std::move(hosted)), address_(std::move(address)), http_(address_, kPatience) {}

Result<nlohmann::json> ServerConnection::get(const std::string& target) {
  MAGPIE_ASSIGN_OR_RETURN(const auto body, http_.call("GET", target));
  return parse_json(body);
}

Status ServerConnection::finish() {
  if (hosted_ == nullptr) return {};
  MAGPIE_RETURN_IF_ERROR(hosted_->engine().flush());
  hosted_->stop();
  return {};
}

}  // namespace magpie::app
