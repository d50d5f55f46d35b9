#include "app/server.h"

#include <unistd.h>

#include <utility>

#include "base/file.h"

namespace magpie::app {
namespace {

constexpr auto kDrainPatience = std::chrono::seconds(10);
constexpr auto kAnyLoopbackPort = "127.0.0.1:0";

Error about(std::string_view setting, const Error& error) {
  return {error.code(), error.message(), std::string(setting)};
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const std::filesystem::path& data, const Settings& settings,
                                              const Logger& logger) {
  return start(data, settings, logger,
               {.listen = settings.server.listen(), .grpc_listen = settings.server.grpc_listen()});
}

Result<std::unique_ptr<Server>> Server::host_in_process(const std::filesystem::path& data, const Settings& settings,
                                                        const Logger& logger) {
  return start(data, settings, logger, {.listen = kAnyLoopbackPort, .grpc_listen = {}, .autonomy = Autonomy::kNo});
}

Result<std::unique_ptr<Server>> Server::start(const std::filesystem::path& data, const Settings& settings,
                                              const Logger& logger, const Options& options) {
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(data));
  MAGPIE_ASSIGN_OR_RETURN(auto types, settings.event_types());
  std::unique_ptr<Server> server(new Server(data, std::move(types)));
  MAGPIE_ASSIGN_OR_RETURN(server->ports_,
                          open_embedded_profile(data, settings, server->types_, server->clock_, server->metrics_));
  MAGPIE_ASSIGN_OR_RETURN(auto runs, batch::pipeline::RunStore::open(data / "pipeline"));
  server->engine_ = std::make_unique<Engine>(*server->ports_, std::move(runs), settings, server->types_, server->clock_,
                                             server->metrics_, logger, options.autonomy);
  MAGPIE_RETURN_IF_ERROR(server->listen_http(settings, options.listen));
  if (!options.grpc_listen.empty()) MAGPIE_RETURN_IF_ERROR(server->listen_grpc(options.grpc_listen));
  server->addresses_.pid = ::getpid();
  MAGPIE_RETURN_IF_ERROR(write_server_file(data, server->addresses_));
  server->engine_->start();
  return server;
}

Status Server::listen_http(const Settings& settings, const std::string& address) {
  auto at = parse_host_port(address);
  if (!at.ok()) return about(settings.server.listen.name(), at.error());
  api::HttpSettings http;
  http.host = at->host;
  http.port = at->port;
  http.threads = static_cast<std::size_t>(settings.server.threads());
  http.max_body_bytes = static_cast<std::size_t>(settings.server.max_body_bytes());
  http.admission.target = settings.server.overload_delay();
  http_ = std::make_unique<api::HttpServer>(engine_->services(), http);
  if (auto started = http_->start(); !started.ok()) return about(settings.server.listen.name(), started.error());
  addresses_.http = {at->host, http_->port()};
  return {};
}

Status Server::listen_grpc(const std::string& address) {
  auto at = parse_host_port(address);
  if (!at.ok()) return about("server.grpc_listen", at.error());
  grpc_ = std::make_unique<api::GrpcServer>(engine_->services(), address);
  if (auto started = grpc_->start(); !started.ok()) return about("server.grpc_listen", started.error());
  addresses_.grpc = {at->host, grpc_->port()};
  return {};
}

void Server::prepare_to_stop() {
  // First the file, so that no command starts talking to a server that is going away.
  if (addresses_.pid != 0) remove_server_file(data_);
  addresses_.pid = 0;
  if (grpc_ != nullptr) grpc_->prepare_to_stop();
  if (http_ != nullptr) http_->prepare_to_stop();
}

void Server::stop() {
  if (engine_ == nullptr) return;
  prepare_to_stop();
  if (grpc_ != nullptr) grpc_->shutdown(kDrainPatience);
  if (http_ != nullptr) http_->stop();
  engine_->stop();
  grpc_.reset();
  http_.reset();
  engine_.reset();
  ports_.reset();
}

Server::~Server() { stop(); }

}  // namespace magpie::app
