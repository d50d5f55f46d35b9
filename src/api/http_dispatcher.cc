#include "api/http_dispatcher.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <exception>
#include <optional>
#include <utility>
#include <variant>

#include "api/await.h"

namespace magpie::api {
namespace {

namespace asio = boost::asio;
using boost::beast::iequals;

struct Target {
  std::string_view path;
  std::string_view query;
};

// Origin form, or absolute form, which a server must take as well (RFC 9112, 3.2.2).
Target split_target(std::string_view target) {
  if (const auto scheme = target.find("://"); !target.starts_with('/') && scheme != std::string_view::npos) {
    target.remove_prefix(scheme + 3);
    target.remove_prefix(std::min(target.find('/'), target.size()));
  }
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return {target, {}};
  return {target.substr(0, mark), target.substr(mark + 1)};
}

// "application/json; charset=utf-8" -> "application/json".
std::string_view media_type(std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  return type;
}

std::optional<BodyFormat> find_format(RequestBody body, std::string_view content_type) {
  const auto type = media_type(content_type);
  if (body == RequestBody::kNone || type.empty() || iequals(type, kJsonType)) return BodyFormat::kJson;
  const bool lines = iequals(type, "application/x-ndjson") || iequals(type, "application/jsonl");
  if (lines && body == RequestBody::kJsonOrNdjson) return BodyFormat::kNdjson;
  return std::nullopt;
}

std::optional<BodyEncoding> find_encoding(RequestBody body, std::string_view encoding) {
  if (body == RequestBody::kNone || encoding.empty() || iequals(encoding, "identity")) return BodyEncoding::kIdentity;
  if (iequals(encoding, "gzip") || iequals(encoding, "x-gzip")) return BodyEncoding::kGzip;
  return std::nullopt;
}

HttpResponse unsupported_type(RequestBody body) {
  return problem(415, body == RequestBody::kJsonOrNdjson
                          ? "Content-Type must be application/json or application/x-ndjson"
                          : "Content-Type must be application/json");
}

HttpResponse no_route(const RouteMatch& match) {
  if (match.allow.empty()) return problem(404, "there is no such resource; see /openapi.yaml");
  HttpResponse response = problem(405, "this resource knows " + match.allow);
  response.allow = match.allow;
  return response;
}

bool may_refuse(const RouteMatch& match) {
  return match.route != nullptr && match.route->under_overload == UnderOverload::kRefuse;
}

HttpResponse failure(const std::exception& exception) { return problem(internal_error(exception.what())); }

HttpResponse run(Handler handler, HandlerContext& context, HttpRequest& request) noexcept {
  try {
    auto response = handler(context, request);
    return response.ok() ? std::move(response).value() : problem(response.error());
  } catch (const std::exception& exception) {
    return failure(exception);
  }
}

// A visitor of Answer: where each kind of handler runs.
struct Runner {
  HandlerContext& context;
  HttpRequest& request;

  asio::awaitable<HttpResponse> operator()(OnLoop answer) const { co_return run(answer.handler, context, request); }

  asio::awaitable<HttpResponse> operator()(OnPool answer) const {
    auto response =
        co_await await_blocking(context.blocking, [this, answer] { return run(answer.handler, context, request); });
    if (!response) co_return problem(resource_exhausted("too many requests are waiting"));
    co_return *std::move(response);
  }

  asio::awaitable<HttpResponse> operator()(OnCoroutine answer) const { return guarded(answer.handler); }

  asio::awaitable<HttpResponse> guarded(AsyncHandler handler) const {
    try {
      co_return co_await handler(context, request);
    } catch (const std::exception& exception) {
      co_return failure(exception);
    }
  }
};

}  // namespace

HttpDispatcher::HttpDispatcher(Services& services, ThreadPool& blocking, const std::atomic<bool>& draining,
                               std::size_t max_body_bytes)
    : services_(services),
      blocking_(blocking),
      draining_(draining),
      max_body_bytes_(max_body_bytes),
      shed_(services.metrics.counter("magpie_http_requests_shed_total",
                                     "Requests answered 429 because the event loop could not keep up.")) {
  for (const Route& route : routes()) {
    instruments_.push_back(instruments(std::string(route.pattern), std::string(route.method)));
  }
  instruments_.push_back(instruments("unmatched", "any"));
}

HttpDispatcher::Instruments HttpDispatcher::instruments(const std::string& route, const std::string& method) {
  Instruments made{{},
                   services_.metrics.histogram("magpie_http_request_seconds", "From a request read to its answer.",
                                               latency_bounds(), {{"route", route}, {"method", method}})};
  for (const auto* code : {"2xx", "4xx", "5xx"}) {
    made.by_class.push_back(services_.metrics.counter("magpie_http_requests_total", "HTTP requests answered.",
                                                      {{"route", route}, {"method", method}, {"code", code}}));
  }
  return made;
}

asio::awaitable<HttpResponse> HttpDispatcher::dispatch(IncomingRequest& incoming, JsonDecoder& json, LoopWatch& watch) {
  const auto start = std::chrono::steady_clock::now();
  const bool admitted = watch.admits(start);
  const auto match = match_route(incoming.method, split_target(incoming.target).path);
  // No `?:` around a co_await: gcc 12 then destroys the temporary twice.
  HttpResponse response;
  if (!admitted && match.ok() && may_refuse(*match)) {
    shed_.add();
    response = problem(resource_exhausted("overloaded"));
  } else if (match.ok()) {
    response = co_await answer(*match, incoming, json);
  } else {
    response = problem(match.error());
  }
  count(match.ok() ? match->route : nullptr, response.status, std::chrono::steady_clock::now() - start);
  co_return response;
}

asio::awaitable<HttpResponse> HttpDispatcher::answer(const RouteMatch& match, IncomingRequest& incoming,
                                                     JsonDecoder& json) {
  if (match.route == nullptr) co_return no_route(match);
  const Route& route = *match.route;
  auto query = Query::parse(split_target(incoming.target).query, route.parameters);
  if (!query.ok()) co_return problem(query.error());
  const auto format = find_format(route.body, incoming.content_type);
  if (!format) co_return unsupported_type(route.body);
  const auto encoding = find_encoding(route.body, incoming.content_encoding);
  if (!encoding) co_return problem(415, "Content-Encoding must be gzip or identity");
  HttpRequest request{match.arguments, std::move(query).value(), *format, *encoding, std::move(incoming.body)};
  HandlerContext context{services_, json, blocking_, draining_, max_body_bytes_};
  const Runner runner{context, request};
  co_return co_await std::visit(runner, route.answer);
}

void HttpDispatcher::count(const Route* route, unsigned status, std::chrono::steady_clock::duration spent) {
  const std::size_t index = route == nullptr ? routes().size() : static_cast<std::size_t>(route - routes().data());
  Instruments& of_route = instruments_[index];
  of_route.by_class[status < 400 ? 0 : status < 500 ? 1 : 2].add();
  of_route.seconds.observe(std::chrono::duration<double>(spent).count());
}

}  // namespace magpie::api
