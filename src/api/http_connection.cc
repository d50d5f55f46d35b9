#include "api/http_connection.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <utility>

namespace magpie::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr auto kLinger = std::chrono::seconds(2);
constexpr std::size_t kKeptBuffer = 1024 * 1024;  // bytes
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

auto into(beast::error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

std::string_view to_view(beast::string_view text) { return {text.data(), text.size()}; }

bool is_protocol_error(const beast::error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

HttpResponse refusal(const beast::error_code& error, const HttpSettings& settings) {
  if (error == http::error::body_limit) {
    return problem(413, "the body is longer than " + std::to_string(settings.max_body_bytes) + " bytes");
  }
  if (error == http::error::header_limit) {
    return problem(431, "the header is longer than " + std::to_string(settings.max_header_bytes) + " bytes");
  }
  return problem(400, "not a valid HTTP request: " + error.message());
}

}  // namespace

HttpConnection::HttpConnection(asio::ip::tcp::socket socket, HttpDispatcher& dispatcher, const HttpSettings& settings,
                               const std::atomic<bool>& draining, HttpDate& date, LoopWatch& watch)
    : stream_(std::move(socket)),
      dispatcher_(dispatcher),
      settings_(settings),
      draining_(draining),
      date_(date),
      watch_(watch) {}

asio::awaitable<void> HttpConnection::serve() {
  beast::error_code ignored;
  stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  while (co_await serve_request() && !ending_) release_memory();
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  close();
}

void HttpConnection::drain(bool with_fresh) {
  ending_ = true;
  beast::error_code ignored;
  const bool silent = awaits_request_ && buffer_.size() == 0 && stream_.socket().available(ignored) == 0;
  if (silent && (with_fresh || !fresh_)) stream_.cancel();
}

void HttpConnection::close() { stream_.close(); }

asio::awaitable<bool> HttpConnection::serve_request() {
  parser_.emplace();
  parser_->body_limit(settings_.max_body_bytes);
  parser_->header_limit(settings_.max_header_bytes);
  beast::error_code error = co_await read_header();
  if (!error) error = co_await read_body();
  if (error) {
    co_await refuse(error);
    co_return false;
  }
  auto& message = parser_->get();
  IncomingRequest incoming{to_view(message.method_string()), to_view(message.target()),
                           to_view(message[http::field::content_type]), to_view(message[http::field::content_encoding]),
                           std::move(message.body())};
  const bool with_body = message.method() != http::verb::head;
  const HttpResponse response = co_await dispatcher_.dispatch(incoming, json_, watch_);
  fresh_ = false;
  co_return co_await write(response, message.keep_alive() && !draining_, with_body);
}

asio::awaitable<beast::error_code> HttpConnection::read_header() {
  beast::error_code error;
  stream_.expires_after(settings_.idle_timeout);
  awaits_request_ = true;
  co_await http::async_read_header(stream_, buffer_, *parser_, into(error));
  awaits_request_ = false;
  if (!error && parser_->get().version() == 11 && parser_->get().count(http::field::host) == 0) {
    error = http::error::bad_field;  // RFC 9112, 3.2: a request without Host is no request of HTTP/1.1.
  }
  co_return error;
}

asio::awaitable<beast::error_code> HttpConnection::read_body() {
  beast::error_code error;
  if (parser_->is_done()) co_return error;
  stream_.expires_after(settings_.body_timeout);
  if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
    co_await asio::async_write(stream_, asio::buffer(kContinue), into(error));
    if (error) co_return error;
  }
  co_await http::async_read(stream_, buffer_, *parser_, into(error));
  co_return error;
}

asio::awaitable<void> HttpConnection::refuse(beast::error_code error) {
  if (!is_protocol_error(error)) co_return;
  const HttpResponse response = refusal(error, settings_);
  co_await write(response, false, true);
  co_await linger();
}

asio::awaitable<bool> HttpConnection::write(const HttpResponse& response, bool keep_alive, bool with_body) {
  write_head(response, keep_alive);
  const std::string_view body = with_body ? std::string_view(response.body) : std::string_view();
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(head_), asio::buffer(body)};
  beast::error_code error;
  stream_.expires_after(settings_.write_timeout);
  co_await asio::async_write(stream_, buffers, into(error));
  const bool goes_on = !error && keep_alive;
  co_return goes_on;
}

void HttpConnection::write_head(const HttpResponse& response, bool keep_alive) {
  head_.assign("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  head_.append(reason_phrase(response.status)).append("\r\nDate: ").append(date_.now());
  if (response.status != 204) {
    head_.append("\r\nContent-Type: ").append(response.content_type);
    head_.append("\r\nContent-Length: ").append(std::to_string(response.body.size()));
  }
  // Answers are about one person at one moment, and giving them has an effect (impressions).
  head_.append("\r\nCache-Control: no-store");
  if (!response.allow.empty()) head_.append("\r\nAllow: ").append(response.allow);
  if (response.retry_after) head_.append("\r\nRetry-After: 1");
  if (!keep_alive) {
    head_.append("\r\nConnection: close");
  } else if (parser_->get().version() < 11) {
    head_.append("\r\nConnection: keep-alive");
  }
  head_.append("\r\n\r\n");
}

asio::awaitable<void> HttpConnection::linger() {
  beast::error_code error;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
  stream_.expires_after(kLinger);
  std::array<char, 16 * 1024> unread;
  while (!error && !ending_) co_await stream_.async_read_some(asio::buffer(unread), into(error));
}

void HttpConnection::release_memory() {
  json_.shrink();
  if (buffer_.size() == 0 && buffer_.capacity() > kKeptBuffer) buffer_.shrink_to_fit();
}

}  // namespace magpie::api
