// GrpcServer: the gRPC API (api/proto/magpie/v1/magpie.proto), with reflection and the health service, which follows
// readiness.
//
// Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "api/services.h"
#include "base/status.h"

namespace magpie::api {

struct GrpcSettings {
  std::string address = "127.0.0.1:8081";          // Host and port; port 0: any free one.
  std::size_t blocking_threads = 2;                // For what writes to stores.
  std::size_t blocking_queue = 1024;               // Calls; more are answered UNAVAILABLE.
  int max_message_bytes = 64 * 1024 * 1024;
  std::chrono::milliseconds health_interval{250};  // How far the health service may lag behind readiness.
};

class GrpcServer {
 public:
  // `services` must outlive the server.
  GrpcServer(Services& services, GrpcSettings settings);
  GrpcServer(Services& services, std::string address);
  // Shuts down at once.
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  // At most once. kFailedPrecondition: the address cannot be had.
  [[nodiscard]] Status start();
  // The port listened on; 0 before start().
  [[nodiscard]] std::uint16_t port() const;
  // From now on the health service says NOT_SERVING. Still serves.
  void prepare_to_stop();
  // Lets calls in flight finish for `patience`, then cancels them. Returns when nothing of the server runs any more.
  void shutdown(std::chrono::milliseconds patience);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace magpie::api
