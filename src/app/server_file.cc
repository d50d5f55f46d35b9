#include "app/server_file.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/file.h"

namespace magpie::app {
namespace {

std::filesystem::path path_in(const std::filesystem::path& data) { return data / "server.json"; }

}  // namespace

Result<ServerFile> read_server_file(const std::filesystem::path& data) {
  std::ifstream stream(path_in(data));
  if (!stream) return not_found("no server has written " + path_in(data).string());
  const auto json = nlohmann::json::parse(stream, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return data_loss(path_in(data).string() + " is not JSON");
  MAGPIE_ASSIGN_OR_RETURN(auto http, parse_host_port(json.value("http", std::string())));
  ServerFile file{json.value("pid", std::int64_t{0}), std::move(http), {}};
  if (auto grpc = parse_host_port(json.value("grpc", std::string())); grpc.ok()) file.grpc = *grpc;
  return file;
}

Status write_server_file(const std::filesystem::path& data, const ServerFile& file) {
  nlohmann::json json{{"pid", file.pid}, {"http", to_string(file.http)}};
  if (file.grpc.port != 0) json["grpc"] = to_string(file.grpc);
  return write_file_atomically(path_in(data), json.dump(2) + "\n");
}

void remove_server_file(const std::filesystem::path& data) {
  std::error_code ignored;  // It may be gone already; nothing depends on it.
  std::filesystem::remove(path_in(data), ignored);
}

}  // namespace magpie::app
