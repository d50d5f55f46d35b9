// The handlers that wait without holding a thread: for the event log, and for a training.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <utility>
#include <variant>

#include "api/await.h"
#include "api/handlers.h"
#include "api/json_encode.h"
#include "api/operations.h"

namespace magpie::api {
namespace {

namespace asio = boost::asio;

// Bodies up to here are read on the event loop; what takes longer would hold up the loop's other connections.
constexpr std::size_t kLoopBody = 64 * 1024;  // bytes
constexpr auto kTrainingPoll = std::chrono::milliseconds(20);

// What became of a batch of events, or why it was refused whole.
using Appended = std::variant<HttpResponse, BatchOutcome>;
using Reply = std::function<void(Appended)>;

HttpResponse overloaded() { return problem(resource_exhausted("too many requests are waiting")); }

void reply_to_batch(Result<BatchOutcome> outcome, bool single, const Reply& reply) {
  if (!outcome.ok()) return reply(problem(outcome.error()));
  if (outcome->accepted > 0) return reply(std::move(outcome).value());
  const auto& rejected = outcome->rejected;
  reply(single ? problem(invalid_argument(rejected.front().field, rejected.front().reason)) : problem(rejected));
}

void append_body(HandlerContext& context, HttpRequest& request, const Reply& reply) {
  if (auto refusal = decompress_body(request, context.max_body_bytes)) return reply(*std::move(refusal));
  auto batch = context.json.events(request.body, request.format);
  if (!batch.ok()) return reply(problem(batch.error()));
  const bool single = batch->single;
  append_events(context.services, std::move(batch).value(),
                [reply, single](Result<BatchOutcome> outcome) { reply_to_batch(std::move(outcome), single, reply); });
}

bool is_small(const HttpRequest& request) {
  return request.body.size() <= kLoopBody && request.encoding == BodyEncoding::kIdentity;
}

asio::awaitable<Appended> append(HandlerContext& context, HttpRequest& request) {
  // The coroutine waits until the reply, so context and request outlive the work on the pool.
  return await_callback<Appended>([&context, &request](const Reply& reply) {
    if (is_small(request)) return append_body(context, request, reply);
    const auto work = [&context, &request, reply] { append_body(context, request, reply); };
    if (!context.blocking.try_submit(work)) reply(overloaded());
  });
}

// Polls, since a training lasts for seconds to hours and what waits for it should hold no thread.
asio::awaitable<HttpResponse> await_training(HandlerContext& context) {
  auto& training = context.services.training;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  auto status = training.status();
  while (status.running) {
    if (context.stopping) co_return problem(unavailable("shutting down before the training has ended"));
    timer.expires_after(kTrainingPoll);
    co_await timer.async_wait(asio::use_awaitable);
    status = training.status();
  }
  if (status.last_error) co_return problem(*status.last_error);
  std::string body;
  write_training_status(status, body);
  co_return json_response(std::move(body));
}

}  // namespace

asio::awaitable<HttpResponse> post_events(HandlerContext& context, HttpRequest& request) {
  const auto with_ids = request.query.flag("event_ids");
  if (!with_ids.ok()) co_return problem(with_ids.error());
  auto appended = co_await append(context, request);
  if (auto* const refusal = std::get_if<HttpResponse>(&appended)) co_return std::move(*refusal);
  std::string body;
  write_batch_outcome(std::get<BatchOutcome>(appended), *with_ids, body);
  co_return json_response(std::move(body));
}

asio::awaitable<HttpResponse> post_training(HandlerContext& context, HttpRequest& request) {
  const auto wait = request.query.flag("wait");
  if (!wait.ok()) co_return problem(wait.error());
  Services& services = context.services;
  const auto started = start_training(services, *wait ? WhenRunning::kJoin : WhenRunning::kRefuse);
  if (!started.ok()) co_return problem(started.error());
  if (*wait) co_return co_await await_training(context);
  std::string body;
  write_training_status(services.training.status(), body);
  co_return json_response(std::move(body), 202);
}

}  // namespace magpie::api
