// HttpDispatcher: from a request line, two headers and a body to a response: finds the route, checks the query and the
// media type, runs the handler where it may run, and counts.
//
// Thread-safe; no exception leaves it.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "api/handler_context.h"
#include "api/http_message.h"
#include "api/loop_watch.h"
#include "api/routes.h"
#include "api/services.h"
#include "base/thread_pool.h"

namespace magpie::api {

// Views must outlive the call.
struct IncomingRequest {
  std::string_view method;
  std::string_view target;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string body;
};

class HttpDispatcher {
 public:
  // `draining`: the server is to stop.
  HttpDispatcher(Services& services, ThreadPool& blocking, const std::atomic<bool>& draining,
                 std::size_t max_body_bytes);

  // On the caller's event loop, which `watch` is of. `json` is the connection's, and busy until the answer is there.
  [[nodiscard]] boost::asio::awaitable<HttpResponse> dispatch(IncomingRequest& incoming, JsonDecoder& json,
                                                              LoopWatch& watch);

 private:
  // Of one route; the last ones are of requests that match none.
  struct Instruments {
    std::vector<Counter> by_class;  // 2xx, 4xx, 5xx.
    Histogram seconds;
  };

  [[nodiscard]] Instruments instruments(const std::string& route, const std::string& method);
  [[nodiscard]] boost::asio::awaitable<HttpResponse> answer(const RouteMatch& match, IncomingRequest& incoming,
                                                            JsonDecoder& json);
  void count(const Route* route, unsigned status, std::chrono::steady_clock::duration spent);

  Services& services_;
  ThreadPool& blocking_;
  const std::atomic<bool>& draining_;
  const std::size_t max_body_bytes_;
  std::vector<Instruments> instruments_;  // In the order of routes().
  Counter shed_;
};

}  // namespace magpie::api
