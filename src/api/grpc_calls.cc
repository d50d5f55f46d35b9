#include "api/grpc_calls.h"

#include <array>

namespace magpie::api {
namespace {

constexpr std::array<std::string_view, 17> kMethods{
    "GetSurvey",       "Answer",     "Append",     "Recommend", "Similar",   "Trending",
    "PutItems",        "GetItem",    "DeleteItem", "PutUsers",  "GetUser",   "ListUsers",
    "GetUserFeatures", "DeleteUser", "Start",      "GetStatus", "ListModels"};

bool is_callers_fault(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kNotFound:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kFailedPrecondition: return true;
    default: return false;
  }
}

}  // namespace

GrpcCalls::GrpcCalls(Metrics& metrics, std::size_t blocking_threads, std::size_t blocking_queue)
    : pool_(blocking_threads, blocking_queue) {
  for (const std::string_view method : kMethods) {
    const auto counter = [&](const char* code) {
      return metrics.counter("magpie_grpc_requests_total", "gRPC calls answered.",
                             {{"method", std::string(method)}, {"code", code}});
    };
    instruments_.emplace(method, Instruments{counter("ok"), counter("client_error"), counter("server_error")});
  }
}

void GrpcCalls::finish(std::string_view method, grpc::ServerUnaryReactor* reactor, const Status& status) {
  if (const auto found = instruments_.find(method); found != instruments_.end()) {
    Instruments& of_method = found->second;
    Counter& counter = status.ok()                               ? of_method.ok
                       : is_callers_fault(status.error().code()) ? of_method.failed
                                                                 : of_method.broken;
    counter.add();
  }
  reactor->Finish(status.ok() ? grpc::Status::OK : to_grpc_status(status.error()));
}

}  // namespace magpie::api
