// The handlers of onboarding: what to ask a new user, and their answer. See routes.h.
// Thread-safe, as far as their context is.
#pragma once

#include "api/handler_context.h"
#include "api/http_message.h"
#include "base/status.h"

namespace magpie::api {

[[nodiscard]] Result<HttpResponse> get_onboarding_survey(HandlerContext& context, HttpRequest& request);
[[nodiscard]] Result<HttpResponse> post_onboarding(HandlerContext& context, HttpRequest& request);

}  // namespace magpie::api
