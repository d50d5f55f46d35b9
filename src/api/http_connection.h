// HttpConnection: one client's connection, request after request, until either side has enough.
//
// Thread-safety: all of it on the loop that the socket belongs to.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>

#include "api/http_date.h"
#include "api/http_dispatcher.h"
#include "api/http_server.h"
#include "api/json_decode.h"
#include "api/loop_watch.h"

namespace magpie::api {

class HttpConnection {
 public:
  // The references must outlive the connection.
  HttpConnection(boost::asio::ip::tcp::socket socket, HttpDispatcher& dispatcher, const HttpSettings& settings,
                 const std::atomic<bool>& draining, HttpDate& date, LoopWatch& watch);

  // Returns when the connection is closed.
  [[nodiscard]] boost::asio::awaitable<void> serve();
  // The server stops: closes if no request has begun to arrive; else the one in flight is the last. `with_fresh`: also
  // if no request has come at all yet, as is to be expected of a client that has just connected.
  void drain(bool with_fresh);
  void close();

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Error = boost::beast::error_code;

  // False when the connection is to be closed.
  [[nodiscard]] boost::asio::awaitable<bool> serve_request();
  [[nodiscard]] boost::asio::awaitable<Error> read_header();
  [[nodiscard]] boost::asio::awaitable<Error> read_body();
  // Answers what is no request and hangs up; says nothing where there is nobody to tell.
  [[nodiscard]] boost::asio::awaitable<void> refuse(Error error);
  [[nodiscard]] boost::asio::awaitable<bool> write(const HttpResponse& response, bool keep_alive, bool with_body);
  // Reads on for a moment, so that the client gets to read the answer before the reset that unread data brings.
  [[nodiscard]] boost::asio::awaitable<void> linger();
  void write_head(const HttpResponse& response, bool keep_alive);
  void release_memory();

  boost::beast::tcp_stream stream_;
  HttpDispatcher& dispatcher_;
  const HttpSettings& settings_;
  const std::atomic<bool>& draining_;
  HttpDate& date_;
  LoopWatch& watch_;
  boost::beast::flat_buffer buffer_;  // Holds what a pipelining client has sent ahead.
  std::optional<Parser> parser_;
  JsonDecoder json_;
  std::string head_;
  bool awaits_request_ = false;
  bool fresh_ = true;  // No request has been answered.
  bool ending_ = false;
};

}  // namespace magpie::api
