#include "api/handlers.h"

#include <utility>

#include "api/json_encode.h"
#include "api/openapi_document.h"
#include "api/operations.h"

namespace magpie::api {
namespace {

std::vector<ItemId> to_item_ids(std::vector<std::string> texts) {
  std::vector<ItemId> ids;
  ids.reserve(texts.size());
  for (auto& text : texts) ids.emplace_back(std::move(text));
  return ids;
}

Result<RecommendationRequest> to_recommendation_request(const Query& query) {
  if (!query.has("user_id")) return invalid_argument("user_id", "must be given");
  RecommendationRequest request;
  request.user = UserId(query.text("user_id"));
  MAGPIE_ASSIGN_OR_RETURN(const auto n, query.count("n"));
  request.n = n.value_or(kDefaultCount);
  request.surface = query.text("surface");
  request.categories = query.all("category");
  request.exclude = to_item_ids(query.list("exclude"));
  if (query.has("item_id")) request.item_context = ItemId(query.text("item_id"));
  MAGPIE_ASSIGN_OR_RETURN(request.explain, query.flag("explain"));
  return request;
}

HttpResponse batch_response(const BatchOutcome& outcome) {
  if (outcome.accepted == 0) return problem(outcome.rejected);
  std::string body;
  write_batch_outcome(outcome, false, body);
  return json_response(std::move(body));
}

// The answer to a list; one object is answered as a list of one, but its fault is the request's.
template <typename T, typename Put>
Result<HttpResponse> answer_batch(Result<DecodedBatch<T>> decoded, Put put) {
  MAGPIE_ASSIGN_OR_RETURN(auto batch, std::move(decoded));
  const bool single = batch.single;
  MAGPIE_ASSIGN_OR_RETURN(BatchOutcome outcome, put(std::move(batch)));
  if (single && outcome.accepted == 0) {
    return invalid_argument(std::move(outcome.rejected.front().field), std::move(outcome.rejected.front().reason));
  }
  return batch_response(outcome);
}

}  // namespace

Result<HttpResponse> get_recommendations(HandlerContext& context, HttpRequest& request) {
  MAGPIE_ASSIGN_OR_RETURN(const auto wanted, to_recommendation_request(request.query));
  MAGPIE_ASSIGN_OR_RETURN(const auto recommendation, context.services.recommender.recommend(wanted));
  std::string body;
  body.reserve(256 + 192 * recommendation.items.size());
  write_recommendation(recommendation, *context.services.catalogue.snapshot(), wanted.explain, body);
  return json_response(std::move(body));
}

Result<HttpResponse> get_similar_items(HandlerContext& context, HttpRequest& request) {
  MAGPIE_ASSIGN_OR_RETURN(const auto n, request.query.count("n"));
  MAGPIE_ASSIGN_OR_RETURN(const auto items, similar_items(context.services, std::move(request.arguments[0]), n));
  std::string body;
  write_similar(items, *context.services.catalogue.snapshot(), body);
  return json_response(std::move(body));
}

Result<HttpResponse> get_trending(HandlerContext& context, HttpRequest& request) {
  MAGPIE_ASSIGN_OR_RETURN(const auto n, request.query.count("n"));
  MAGPIE_ASSIGN_OR_RETURN(const auto items, trending_items(context.services, request.query.text("category"), n));
  std::string body;
  write_trending(items, *context.services.catalogue.snapshot(), body);
  return json_response(std::move(body));
}

Result<HttpResponse> post_items(HandlerContext& context, HttpRequest& request) {
  if (auto refusal = decompress_body(request, context.max_body_bytes)) return *std::move(refusal);
  return answer_batch(context.json.items(request.body, request.format, context.services.clock.now()),
                      [&](DecodedBatch<Item> batch) { return put_items(context.services, std::move(batch)); });
}

Result<HttpResponse> get_one_item(HandlerContext& context, HttpRequest& request) {
  MAGPIE_ASSIGN_OR_RETURN(const Item item, get_item(context.services, std::move(request.arguments[0])));
  std::string body;
  write_item(item, body);
  return json_response(std::move(body));
}

Result<HttpResponse> put_one_item(HandlerContext& context, HttpRequest& request) {
  if (auto refusal = decompress_body(request, context.max_body_bytes)) return *std::move(refusal);
  MAGPIE_ASSIGN_OR_RETURN(Item item,
                          context.json.item(request.body, request.arguments[0], context.services.clock.now()));
  MAGPIE_RETURN_IF_ERROR(put_item(context.services, std::move(item)));
  return no_content();
}

Result<HttpResponse> delete_item(HandlerContext& context, HttpRequest& request) {
  MAGPIE_RETURN_IF_ERROR(erase_item(context.services, std::move(request.arguments[0])));
  return no_content();
}

Result<HttpResponse> get_users(HandlerContext& context, HttpRequest& request) {
  MAGPIE_ASSIGN_OR_RETURN(const auto limit, request.query.count("limit"));
  MAGPIE_ASSIGN_OR_RETURN(const auto page, list_users(context.services, request.query.text("after"), limit));
  std::string body;
  write_user_page(page, body);
  return json_response(std::move(body));
}

Result<HttpResponse> post_users(HandlerContext& context, HttpRequest& request) {
  if (auto refusal = decompress_body(request, context.max_body_bytes)) return *std::move(refusal);
  return answer_batch(context.json.users(request.body, request.format, context.services.clock.now()),
                      [&](DecodedBatch<User> batch) { return put_users(context.services, std::move(batch)); });
}

Result<HttpResponse> get_one_user(HandlerContext& context, HttpRequest& request) {
  MAGPIE_ASSIGN_OR_RETURN(const User user, get_user(context.services, std::move(request.arguments[0])));
  std::string body;
  write_user(user, body);
  return json_response(std::move(body));
}

Result<HttpResponse> put_one_user(HandlerContext& context, HttpRequest& request) {
  if (auto refusal = decompress_body(request, context.max_body_bytes)) return *std::move(refusal);
  MAGPIE_ASSIGN_OR_RETURN(User user,
                          context.json.user(request.body, request.arguments[0], context.services.clock.now()));
  MAGPIE_RETURN_IF_ERROR(put_user(context.services, std::move(user)));
  return no_content();
}

Result<HttpResponse> delete_user(HandlerContext& context, HttpRequest& request) {
  MAGPIE_RETURN_IF_ERROR(erase_user(context.services, std::move(request.arguments[0])));
  return no_content();
}

Result<HttpResponse> get_user_features(HandlerContext& context, HttpRequest& request) {
  MAGPIE_ASSIGN_OR_RETURN(const auto report, user_features(context.services, std::move(request.arguments[0])));
  std::string body;
  write_user_features(report, *context.services.catalogue.snapshot(), context.services.types, body);
  return json_response(std::move(body));
}

Result<HttpResponse> get_training(HandlerContext& context, HttpRequest&) {
  std::string body;
  write_training_status(context.services.training.status(), body);
  return json_response(std::move(body));
}

Result<HttpResponse> get_health(HandlerContext&, HttpRequest&) { return json_response(R"({"status":"ok"})"); }

Result<HttpResponse> get_readiness(HandlerContext& context, HttpRequest&) {
  if (context.stopping) return problem(503, "not ready: shutting down");
  const Readiness readiness = context.services.readiness();
  if (!readiness.ready) return problem(503, "not ready: " + readiness.reason);
  std::string body;
  write_ready(readiness.warnings, body);
  return json_response(std::move(body));
}

Result<HttpResponse> get_metrics(HandlerContext& context, HttpRequest&) {
  HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = context.services.metrics.expose();
  return response;
}

Result<HttpResponse> get_openapi(HandlerContext&, HttpRequest&) {
  HttpResponse response;
  response.content_type = "application/yaml";
  response.body = openapi_document();
  return response;
}

}  // namespace magpie::api
