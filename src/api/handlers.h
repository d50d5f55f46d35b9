// The handlers of the HTTP API: from a request to an operation, from its outcome to a response. See routes.h.
// Thread-safe, as far as their context is.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "api/handler_context.h"
#include "api/http_message.h"
#include "base/status.h"

namespace magpie::api {

[[nodiscard]] boost::asio::awaitable<HttpResponse> post_events(HandlerContext& context, HttpRequest& request);

[[nodiscard]] Result<HttpResponse> get_recommendations(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> get_similar_items(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> get_trending(HandlerContext& context, HttpRequest& request);

[[nodiscard]] Result<HttpResponse> post_items(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> get_one_item(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> put_one_item(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> delete_item(HandlerContext& context, HttpRequest& request);

[[nodiscard]] Result<HttpResponse> get_users(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> post_users(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> get_one_user(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> put_one_user(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> delete_user(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> get_user_features(HandlerContext& context, HttpRequest& request);

[[nodiscard]] boost::asio::awaitable<HttpResponse> post_training(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> get_training(HandlerContext& context, HttpRequest& request);

[[nodiscard]] Result<HttpResponse> get_health(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> get_readiness(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> get_metrics(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> get_openapi(HandlerContext& context, HttpRequest& request);

}  // namespace magpie::api
