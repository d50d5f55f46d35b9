// The table of the HTTP API: every resource, its methods and parameters, and who answers. api/openapi.yaml says the
// same to clients; tests/api/openapi_test.cc keeps the two equal.
//
// Thread-safety: immutable.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/handler_context.h"
#include "api/http_message.h"
#include "api/query.h"
#include "base/status.h"

namespace magpie::api {

enum class RequestBody { kNone, kJson, kJsonOrNdjson };

// How a route is answered: at once on the event loop, on the pool because it may wait for a disk, or by a coroutine.
using Handler = Result<HttpResponse> (*)(HandlerContext&, HttpRequest&);
using AsyncHandler = boost::asio::awaitable<HttpResponse> (*)(HandlerContext&, HttpRequest&);
struct OnLoop {
  Handler handler;
};
struct OnPool {
  Handler handler;
};
struct OnCoroutine {
  AsyncHandler handler;
};
using Answer = std::variant<OnLoop, OnPool, OnCoroutine>;

// What becomes of a request when its event loop cannot keep up (api/admission.h): refused at once, to be sent again
// later, or served like always, because an operator needs it most when nothing else works.
enum class UnderOverload : bool { kServe, kRefuse };

struct Route {
  std::string_view method;
  std::string_view pattern;  // "/v1/items/{id}": a segment in braces matches any one that is not empty.
  std::span<const Parameter> parameters;
  RequestBody body = RequestBody::kNone;
  Answer answer;
  UnderOverload under_overload = UnderOverload::kServe;
};

[[nodiscard]] std::span<const Route> routes();

struct RouteMatch {
  const Route* route = nullptr;        // nullptr: no such path, or not with this method.
  std::string allow;                   // Methods of the path; empty: there is no such path.
  std::vector<std::string> arguments;  // The segments in braces, percent-decoded.
};

// HEAD is answered wherever GET is. kInvalidArgument on bad percent-encoding in a segment.
[[nodiscard]] Result<RouteMatch> match_route(std::string_view method, std::string_view path);

}  // namespace magpie::api
