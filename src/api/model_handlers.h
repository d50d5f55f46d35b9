// The handlers of /v1/models: versions and their roles. Each answers with the list as it is afterwards. See routes.h.
// Thread-safe, as far as their context is.
#pragma once

#include "api/handler_context.h"
#include "api/http_message.h"
#include "base/status.h"

namespace magpie::api {

[[nodiscard]] Result<HttpResponse> get_models(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> post_model_promote(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> post_model_rollback(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> post_model_canary(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> delete_model_canary(HandlerContext& context, HttpRequest& request);

}  // namespace magpie::api
