// What a handler has at hand besides the request. Thread-safety: of one connection, one thread at a time.
#pragma once

#include <atomic>
#include <cstddef>

#include "api/json_decode.h"
#include "api/services.h"
#include "base/thread_pool.h"

namespace magpie::api {

struct HandlerContext {
  Services& services;
  JsonDecoder& json;
  ThreadPool& blocking;
  const std::atomic<bool>& stopping;  // The server is draining: what waits should answer.
  std::size_t max_body_bytes;
};

}  // namespace magpie::api
