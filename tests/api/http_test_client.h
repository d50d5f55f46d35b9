// A client for tests: blocking, one connection, able to send bytes that are no HTTP. Gives up after 30 s without an
// answer. Thread-safety: one thread at a time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace magpie::api {

using TestResponse = boost::beast::http::response<boost::beast::http::string_body>;
using TestHeaders = std::map<std::string, std::string>;

class HttpTestClient {
 public:
  explicit HttpTestClient(std::uint16_t port);

  TestResponse get(std::string_view target) { return request("GET", target); }
  TestResponse post(std::string_view target, std::string body, std::string content_type = "application/json") {
    return request("POST", target, std::move(body), {{"Content-Type", std::move(content_type)}});
  }
  TestResponse request(std::string_view method, std::string_view target, std::string body = {},
                       TestHeaders headers = {});

  // False where the server has hung up.
  bool send(std::string_view bytes);
  // Status 0 where the server has hung up. `to_head`: the response has no body whatever it says.
  TestResponse read(bool to_head = false);
  // Whether the server closes the connection without another byte.
  bool reads_end();

 private:
  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
};

}  // namespace magpie::api
