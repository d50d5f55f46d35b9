// The handlers of /v1/pipeline: runs of the daily pipeline, for people and for schedulers outside. See routes.h.
// Thread-safe, as far as their context is.
#pragma once

#include "api/handler_context.h"
#include "api/http_message.h"
#include "base/status.h"

namespace magpie::api {

[[nodiscard]] Result<HttpResponse> post_pipeline_run(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> get_pipeline_runs(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> get_pipeline_run(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> post_pipeline_retry(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> post_pipeline_task(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> get_pipeline_task_log(HandlerContext& context, HttpRequest& request);

}  // namespace magpie::api
