// HttpServer: the HTTP API (api/openapi.yaml) on one event loop a thread.
//
// HTTP/1.1 and 1.0, keep-alive, pipelining, gzip request bodies, Expect: 100-continue. A connection belongs to one
// loop; what would block it (writes to stores, big bodies) runs on a small pool of its own. Every input is bounded; a
// client that is slower than the timeouts is disconnected. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "api/admission.h"
#include "api/services.h"
#include "base/status.h"

namespace magpie::api {

struct HttpSettings {
  std::string host = "127.0.0.1";  // A name or an address; "0.0.0.0" or "::" for all interfaces.
  std::uint16_t port = 8080;       // 0: any free one.
  std::size_t threads = 2;         // Event loops.
  std::size_t blocking_threads = 4;
  std::size_t blocking_queue = 1024;                  // Requests; more are answered 503.
  std::size_t max_body_bytes = 64 * 1024 * 1024;      // As sent, and again when decompressed.
  std::uint32_t max_header_bytes = 64 * 1024;
  std::size_t max_connections = 4096;                 // More are answered 503 and closed.
  std::chrono::milliseconds idle_timeout{60'000};     // From the last response to the end of the next header.
  std::chrono::milliseconds body_timeout{60'000};     // For a request's body to arrive.
  std::chrono::milliseconds write_timeout{60'000};    // For a response to be taken.
  std::chrono::milliseconds drain_timeout{10'000};    // For requests in flight when stop() is called.
  AdmissionSettings admission = {};                   // Of each loop; what it refuses is answered 429.
};

class HttpServer {
 public:
  // `services` must outlive the server.
  HttpServer(Services& services, HttpSettings settings);
  // Stops.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Listens and serves until stopped; at most once. kInvalidArgument: host; kFailedPrecondition: the address cannot be
  // had.
  [[nodiscard]] Status start();
  // The port listened on; 0 before start().
  [[nodiscard]] std::uint16_t port() const;
  // From now on /readyz says 503, so that whoever balances load sends it elsewhere, and every answer is the last of its
  // connection. Still serves.
  void prepare_to_stop();
  // Graceful: stops listening, serves what has already come, closes idle connections, lets requests in flight finish
  // for drain_timeout, closes the rest. Returns when nothing of the server runs any more.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace magpie::api
