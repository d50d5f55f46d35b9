// HttpClient: one keep-alive connection to a Magpie server, for the commands that talk to a running one.
//
// Blocking; one thread at a time. Errors: kUnavailable where nobody answers, kDeadlineExceeded.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace magpie::app {

struct HttpResponse {
  unsigned status = 0;
  std::string content_type;
  std::string body;
};

// "127.0.0.1:8080" or "[::1]:8080".
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
[[nodiscard]] Result<HostPort> parse_host_port(std::string_view text);
[[nodiscard]] std::string to_string(const HostPort& address);

class HttpClient {
 public:
  // `patience` bounds each request as a whole. Connects on the first request.
  HttpClient(HostPort server, std::chrono::seconds patience);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  [[nodiscard]] Result<HttpResponse> get(std::string_view target);
  [[nodiscard]] Result<HttpResponse> send(std::string_view method, std::string_view target, std::string body,
                                          std::string_view content_type = "application/json");
  // The body of send(), where success().
  [[nodiscard]] Result<std::string> call(std::string_view method, std::string_view target, std::string body = {},
                                         std::string_view content_type = "application/json");

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

// Ok for 2xx, else an error that quotes the server's problem document.
[[nodiscard]] Status success(const HttpResponse& response);

// RFC 3986 percent-encoding of everything but unreserved characters.
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace magpie::app
