#include "tests/api/http_test_client.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <utility>

namespace magpie::api {

namespace asio = boost::asio;
namespace http = boost::beast::http;

HttpTestClient::HttpTestClient(std::uint16_t port) : socket_(context_) {
  socket_.connect({asio::ip::address_v4::loopback(), port});
  const timeval patience{.tv_sec = 30, .tv_usec = 0};
  ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

TestResponse HttpTestClient::request(std::string_view method, std::string_view target, std::string body,
                                     TestHeaders headers) {
  std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  send(text + "\r\n" + body);
  return read(method == "HEAD");
}

bool HttpTestClient::send(std::string_view bytes) {
  boost::system::error_code error;
  asio::write(socket_, asio::buffer(bytes), error);
  return !error;
}

TestResponse HttpTestClient::read(bool to_head) {
  boost::system::error_code error;
  http::response_parser<http::string_body> parser;
  parser.body_limit(boost::none);
  parser.skip(to_head);
  http::read(socket_, buffer_, parser, error);
  if (error) return TestResponse(http::status::unknown, 11);
  return parser.release();
}

bool HttpTestClient::reads_end() {
  boost::system::error_code error;
  std::array<char, 1> byte;
  const auto size = buffer_.size() > 0 ? 1 : socket_.read_some(asio::buffer(byte), error);
  return size == 0 && (error == asio::error::eof || error == asio::error::connection_reset);
}

}  // namespace magpie::api
