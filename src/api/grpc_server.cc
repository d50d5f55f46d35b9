#include "api/grpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "api/grpc_calls.h"
#include "api/grpc_onboarding.h"
#include "api/grpc_services.h"

namespace magpie::api {

class GrpcServer::Impl {
 public:
  Impl(Services& services, GrpcSettings settings)
      : settings_(std::move(settings)),
        services_(services),
        calls_(services.metrics, settings_.blocking_threads, settings_.blocking_queue),
        events_(services, calls_),
        recommendations_(services, calls_),
        catalogue_(services, calls_),
        onboarding_(services, calls_),
        training_(services, calls_) {}

  ~Impl() { shutdown(std::chrono::milliseconds(0)); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status start() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    // Without it a second server on the port would silently share it.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.SetMaxReceiveMessageSize(settings_.max_message_bytes);
    builder.AddListeningPort(settings_.address, grpc::InsecureServerCredentials(), &port_);
    for (grpc::Service* service : all_services()) builder.RegisterService(service);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) return failed_precondition("cannot listen on " + settings_.address);
    publish_health(services_.readiness().ready);
    monitor_ = std::jthread([this](const std::stop_token& stop) { follow_readiness(stop); });
    return ok_status();
  }

  [[nodiscard]] std::uint16_t port() const { return static_cast<std::uint16_t>(port_); }

  void prepare_to_stop() {
    const std::lock_guard lock(shutdown_mutex_);
    if (server_ != nullptr) announce_end();
  }

  void shutdown(std::chrono::milliseconds patience) {
    const std::lock_guard lock(shutdown_mutex_);
    if (server_ == nullptr) return;
    announce_end();
    server_->Shutdown(std::chrono::system_clock::now() + patience);
    server_->Wait();
    server_.reset();
  }

 private:
  std::array<grpc::Service*, 5> all_services() {
    return {&events_, &recommendations_, &catalogue_, &onboarding_, &training_};
  }

  // Clients that watch see it coming.
  void announce_end() {
    monitor_ = std::jthread();
    if (auto* const health = server_->GetHealthCheckService()) health->SetServingStatus(false);
  }

  void publish_health(bool ready) {
    auto* const health = server_->GetHealthCheckService();
    if (health == nullptr) return;
    health->SetServingStatus("", ready);
    for (const auto* name :
         {v1::Events::service_full_name(), v1::Recommendations::service_full_name(), v1::Catalogue::service_full_name(),
          v1::Onboarding::service_full_name(), v1::Training::service_full_name()}) {
      health->SetServingStatus(name, ready);
    }
  }

  // The health service tells its watchers of changes; readiness can only be asked.
  void follow_readiness(const std::stop_token& stop) {
    std::unique_lock lock(monitor_mutex_);
    while (!stop.stop_requested()) {
      publish_health(services_.readiness().ready);
      monitor_wakes_.wait_for(lock, stop, settings_.health_interval, [] { return false; });
    }
  }

  const GrpcSettings settings_;
  Services& services_;
  GrpcCalls calls_;
  GrpcEvents events_;
  GrpcRecommendations recommendations_;
  GrpcCatalogue catalogue_;
  GrpcOnboarding onboarding_;
  GrpcTraining training_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::mutex shutdown_mutex_;
  std::mutex monitor_mutex_;
  std::condition_variable_any monitor_wakes_;
  std::jthread monitor_;
};

GrpcServer::GrpcServer(Services& services, GrpcSettings settings)
    : impl_(std::make_unique<Impl>(services, std::move(settings))) {}
GrpcServer::GrpcServer(Services& services, std::string address)
    : GrpcServer(services, GrpcSettings{std::move(address)}) {}
GrpcServer::~GrpcServer() = default;
Status GrpcServer::start() { return impl_->start(); }
std::uint16_t GrpcServer::port() const { return impl_->port(); }
void GrpcServer::prepare_to_stop() { impl_->prepare_to_stop(); }
void GrpcServer::shutdown(std::chrono::milliseconds patience) { impl_->shutdown(patience); }

}  // namespace magpie::api
