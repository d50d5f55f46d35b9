#include "api/model_handlers.h"

#include <charconv>
#include <string>
#include <utility>

#include "api/json_encode.h"
#include "api/model_operations.h"

namespace magpie::api {
namespace {

Result<ModelVersion> to_version(const std::string& text) {
  std::uint64_t number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error == std::errc() && end == last && number > 0) return ModelVersion(number);
  return invalid_argument("version", "must be the number of a version, from 1");
}

Result<HttpResponse> answer_list(Services& services) {
  MAGPIE_ASSIGN_OR_RETURN(const auto list, list_models(services));
  std::string body;
  write_models(list, body);
  return json_response(std::move(body));
}

}  // namespace

Result<HttpResponse> get_models(HandlerContext& context, HttpRequest&) { return answer_list(context.services); }

Result<HttpResponse> post_model_promote(HandlerContext& context, HttpRequest& request) {
  MAGPIE_ASSIGN_OR_RETURN(const auto version, to_version(request.arguments[0]));
  MAGPIE_RETURN_IF_ERROR(promote_model(context.services, version));
  return answer_list(context.services);
}

Result<HttpResponse> post_model_rollback(HandlerContext& context, HttpRequest&) {
  MAGPIE_RETURN_IF_ERROR(roll_back_model(context.services));
  return answer_list(context.services);
}

Result<HttpResponse> post_model_canary(HandlerContext& context, HttpRequest& request) {
  MAGPIE_ASSIGN_OR_RETURN(const auto version, to_version(request.arguments[0]));
  MAGPIE_ASSIGN_OR_RETURN(const auto share, request.query.number("share"));
  MAGPIE_RETURN_IF_ERROR(set_canary(context.services, version, share.value_or(kDefaultCanaryShare)));
  return answer_list(context.services);
}

Result<HttpResponse> delete_model_canary(HandlerContext& context, HttpRequest& request) {
  MAGPIE_RETURN_IF_ERROR(withdraw_canary(context.services, request.query.text("reason")));
  return answer_list(context.services);
}

}  // namespace magpie::api
