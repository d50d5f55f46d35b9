// The file <data>/server.json: where the server that holds a data directory listens. Written when it listens, removed
// when it stops; one left by a killed server is recognised because nobody answers.
#pragma once

#include <cstdint>
#include <filesystem>

#include "app/http_client.h"
#include "base/status.h"

namespace magpie::app {

struct ServerFile {
  std::int64_t pid = 0;
  HostPort http;
  HostPort grpc;  // Port 0: no gRPC.
};

[[nodiscard]] Result<ServerFile> read_server_file(const std::filesystem::path& data);
[[nodiscard]] Status write_server_file(const std::filesystem::path& data, const ServerFile& file);
void remove_server_file(const std::filesystem::path& data);

}  // namespace magpie::app
