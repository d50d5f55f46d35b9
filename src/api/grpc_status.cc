#include "api/grpc_status.h"

#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace magpie::api {
namespace {

grpc::StatusCode status_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument: return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorCode::kNotFound: return grpc::StatusCode::NOT_FOUND;
    case ErrorCode::kAlreadyExists: return grpc::StatusCode::ALREADY_EXISTS;
    case ErrorCode::kFailedPrecondition: return grpc::StatusCode::FAILED_PRECONDITION;
    case ErrorCode::kUnavailable: return grpc::StatusCode::UNAVAILABLE;
    case ErrorCode::kDeadlineExceeded: return grpc::StatusCode::DEADLINE_EXCEEDED;
    case ErrorCode::kResourceExhausted: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case ErrorCode::kDataLoss: return grpc::StatusCode::DATA_LOSS;
    case ErrorCode::kInternal: return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::UNKNOWN;
}

std::string serialize_details(const Error& error, grpc::StatusCode code, const std::string& message) {
  google::rpc::BadRequest request;
  auto* const violation = request.add_field_violations();
  violation->set_field(error.field());
  violation->set_description(error.message());
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  status.add_details()->PackFrom(request);
  return status.SerializeAsString();
}

}  // namespace

grpc::Status to_grpc_status(const Error& error) {
  const grpc::StatusCode code = status_code(error.code());
  if (error.field().empty()) return {code, error.message()};
  const std::string message = error.field() + ": " + error.message();
  return {code, message, serialize_details(error, code, message)};
}

}  // namespace magpie::api
