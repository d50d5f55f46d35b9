// Errors of the domain as gRPC tells them: a status code, a message that begins with the field, and the details of
// https://google.aip.dev/193 (google.rpc.Status with google.rpc.BadRequest). Thread-safe.
#pragma once

#include <grpcpp/support/status.h>

#include "base/status.h"

namespace magpie::api {

[[nodiscard]] grpc::Status to_grpc_status(const Error& error);

}  // namespace magpie::api
