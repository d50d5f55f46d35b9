// Bridges from callbacks and from blocking calls to coroutines of an event loop.
//
// The coroutine is resumed on its own loop. The loop must outlive the callback: HttpServer::stop() sees to it.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/thread_pool.h"

namespace magpie::api {

// Calls `start(reply)` and waits until `reply(value)` is called: once, from any thread, maybe before start returns.
template <typename Value, typename Start>
boost::asio::awaitable<Value> await_callback(Start start) {
  namespace asio = boost::asio;
  const auto initiate = [start = std::move(start)](auto handler) mutable {
    const auto executor = asio::get_associated_executor(handler);
    // std::function copies; the handler can only be moved.
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    start(std::function<void(Value)>([shared, executor](Value value) {
      asio::post(executor, [shared, value = std::move(value)]() mutable { std::move (*shared)(std::move(value)); });
    }));
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(Value)>(initiate, asio::use_awaitable);
}

// Runs `work` on the pool. nullopt where the pool has no room for it.
template <typename Work>
boost::asio::awaitable<std::optional<std::invoke_result_t<Work>>> await_blocking(ThreadPool& pool, Work work) {
  using Value = std::optional<std::invoke_result_t<Work>>;
  return await_callback<Value>([&pool, work = std::move(work)](const std::function<void(Value)>& reply) {
    if (!pool.try_submit([work, reply] { reply(Value(work())); })) reply(std::nullopt);
  });
}

}  // namespace magpie::api
