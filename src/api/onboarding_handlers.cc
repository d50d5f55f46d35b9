#include "api/onboarding_handlers.h"

#include <string>
#include <utility>

#include "api/json_encode.h"
#include "api/onboarding_operations.h"

namespace magpie::api {

Result<HttpResponse> get_onboarding_survey(HandlerContext& context, HttpRequest& request) {
  MAGPIE_ASSIGN_OR_RETURN(const auto categories, request.query.count("categories"));
  MAGPIE_ASSIGN_OR_RETURN(const auto examples, request.query.count("examples"));
  MAGPIE_ASSIGN_OR_RETURN(const auto survey, onboarding_survey(context.services, categories, examples));
  std::string body;
  write_survey(survey, *context.services.catalogue.snapshot(), body);
  return json_response(std::move(body));
}

Result<HttpResponse> post_onboarding(HandlerContext& context, HttpRequest& request) {
  if (auto refusal = decompress_body(request, context.max_body_bytes)) return *std::move(refusal);
  MAGPIE_ASSIGN_OR_RETURN(auto answer, context.json.onboarding(request.body, request.arguments[0]));
  MAGPIE_ASSIGN_OR_RETURN(const User user, onboard(context.services, std::move(answer)));
  std::string body;
  write_user(user, body);
  return json_response(std::move(body));
}

}  // namespace magpie::api
