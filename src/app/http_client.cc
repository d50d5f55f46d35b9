#include "app/http_client.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

namespace magpie::app {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Request = http::request<http::string_body>;

Error to_error(const beast::error_code& code, const HostPort& server) {
  if (code == beast::error::timeout) {
    return {ErrorCode::kDeadlineExceeded, "no answer from " + to_string(server) + " in time"};
  }
  return unavailable("cannot talk to " + to_string(server) + ": " + code.message());
}

// The server's own words where it sent a problem document, else the body's beginning.
Error to_error(const HttpResponse& response) {
  const auto problem = nlohmann::json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  const std::string status = "HTTP " + std::to_string(response.status);
  const auto code = response.status == 404   ? ErrorCode::kNotFound
                    : response.status < 500  ? ErrorCode::kInvalidArgument
                    : response.status == 503 ? ErrorCode::kUnavailable
                                             : ErrorCode::kInternal;
  if (!problem.is_object()) return {code, status + ": " + response.body.substr(0, 200)};
  return {code, status + ": " + problem.value("detail", problem.value("title", std::string())),
          problem.value("field", std::string())};
}

}  // namespace

Result<HostPort> parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return invalid_argument("", "must be HOST:PORT");
  auto host = text.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const auto digits = text.substr(colon + 1);
  HostPort address{std::string(host), 0};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (host.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return invalid_argument("", "must be HOST:PORT with a port between 0 and 65535");
  }
  return address;
}

std::string to_string(const HostPort& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

struct HttpClient::Connection {
  HostPort server;
  std::chrono::seconds patience;
  asio::io_context context;
  std::optional<beast::tcp_stream> stream;
  beast::flat_buffer buffer;

  // Runs one asynchronous step to its end, so that its time-out is honoured.
  template <typename Start>
  beast::error_code await(Start start) {
    beast::error_code outcome;
    context.restart();
    start([&outcome](beast::error_code code, auto&&...) { outcome = code; });
    context.run();
    return outcome;
  }

  beast::error_code connect() {
    beast::error_code code;
    asio::ip::tcp::resolver resolver(context);
    const auto endpoints = resolver.resolve(server.host, std::to_string(server.port), code);
    if (code) return code;
    stream.emplace(context);
    buffer.clear();
    stream->expires_after(patience);
    code = await([&](auto done) { stream->async_connect(endpoints, std::move(done)); });
    if (!code) stream->socket().set_option(asio::ip::tcp::no_delay(true), code);
    return code;
  }

  beast::error_code exchange(const Request& request, HttpResponse& out) {
    stream->expires_after(patience);
    auto code = await([&](auto done) { http::async_write(*stream, request, std::move(done)); });
    if (code) return code;
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    code = await([&](auto done) { http::async_read(*stream, buffer, parser, std::move(done)); });
    if (code) return code;
    auto response = parser.release();
    if (!response.keep_alive()) stream.reset();
    out = {response.result_int(), std::string(response[http::field::content_type]), std::move(response.body())};
    return {};
  }

  Result<HttpResponse> request(const Request& request) {
    HttpResponse response;
    // A kept connection may have been closed by the server meanwhile: only then, a second try on a fresh one.
    const bool reused = stream.has_value();
    beast::error_code code = reused ? beast::error_code{} : connect();
    if (!code) code = exchange(request, response);
    if (code && reused && code != beast::error::timeout) {
      code = connect();
      if (!code) code = exchange(request, response);
    }
    if (!code) return response;
    stream.reset();
    return to_error(code, server);
  }
};

HttpClient::HttpClient(HostPort server, std::chrono::seconds patience) : connection_(std::make_unique<Connection>()) {
  connection_->server = std::move(server);
  connection_->patience = patience;
}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<HttpResponse> HttpClient::get(std::string_view target) { return send("GET", target, {}); }

Result<HttpResponse> HttpClient::send(std::string_view method, std::string_view target, std::string body,
                                      std::string_view content_type) {
  Request request;
  request.method_string({method.data(), method.size()});
  request.target({target.data(), target.size()});
  request.version(11);
  request.set(http::field::host, to_string(connection_->server));
  request.set(http::field::user_agent, "magpie");
  if (!body.empty()) request.set(http::field::content_type, {content_type.data(), content_type.size()});
  request.body() = std::move(body);
  request.prepare_payload();
  return connection_->request(request);
}

Result<std::string> HttpClient::call(std::string_view method, std::string_view target, std::string body,
                                     std::string_view content_type) {
  MAGPIE_ASSIGN_OR_RETURN(auto response, send(method, target, std::move(body), content_type));
  MAGPIE_RETURN_IF_ERROR(success(response));
  return std::move(response.body);
}

Status success(const HttpResponse& response) {
  if (response.status < 200 || response.status > 299) return to_error(response);
  return {};
}

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool unreserved = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                            c == '.' || c == '_' || c == '~';
    if (unreserved) {
      encoded.push_back(c);
    } else {
      encoded.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  return encoded;
}

}  // namespace magpie::app
