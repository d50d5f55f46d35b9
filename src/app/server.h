// Server: the engine on a data directory behind HTTP and gRPC.
//
// Thread-safety: one thread starts and stops it. The destructor stops.
#pragma once

#include <filesystem>
#include <memory>

#include "api/grpc_server.h"
#include "api/http_server.h"
#include "app/engine.h"
#include "app/ports.h"
#include "app/server_file.h"
#include "app/settings.h"
#include "base/log.h"
#include "base/status.h"

namespace magpie::app {

class Server {
 public:
  // Opens the directory (created where it is missing), starts the engine, listens. kFailedPrecondition where another
  // process holds the directory; kUnavailable where an address is taken.
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(const std::filesystem::path& data,
                                                             const Settings& settings, const Logger& logger);
  // The same for one command: on free loopback ports, without gRPC, doing only what it is asked to.
  [[nodiscard]] static Result<std::unique_ptr<Server>> host_in_process(const std::filesystem::path& data,
                                                                       const Settings& settings, const Logger& logger);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] const ServerFile& addresses() const { return addresses_; }
  [[nodiscard]] Engine& engine() { return *engine_; }
  // Serves on, but says to whoever asks that it is about to stop.
  void prepare_to_stop();
  // Takes no new requests, answers those in flight, then stops the engine.
  void stop();

 private:
  struct Options {
    std::string listen;
    std::string grpc_listen;  // Empty: no gRPC.
    Autonomy autonomy = Autonomy::kYes;
  };
  Server(std::filesystem::path data, EventTypes types) : data_(std::move(data)), types_(std::move(types)) {}
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(const std::filesystem::path& data,
                                                             const Settings& settings, const Logger& logger,
                                                             const Options& options);
  [[nodiscard]] Status listen_http(const Settings& settings, const std::string& address);
  [[nodiscard]] Status listen_grpc(const std::string& address);

  std::filesystem::path data_;
  EventTypes types_;
  SystemClock clock_;
  Metrics metrics_;
  std::unique_ptr<Ports> ports_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<api::HttpServer> http_;
  std::unique_ptr<api::GrpcServer> grpc_;
  ServerFile addresses_;
};

}  // namespace magpie::app
