#include "api/routes.h"

#include <algorithm>
#include <array>

#include "api/handlers.h"
#include "api/model_handlers.h"
#include "api/onboarding_handlers.h"
#include "api/pipeline_handlers.h"

namespace magpie::api {
namespace {

constexpr std::array kEventParameters{Parameter{"event_ids"}};
constexpr std::array kRecommendationParameters{
    Parameter{"user_id"},       Parameter{"n"},       Parameter{"surface"}, Parameter{"category", true},
    Parameter{"exclude", true}, Parameter{"item_id"}, Parameter{"explain"}};
constexpr std::array kSimilarParameters{Parameter{"n"}};
constexpr std::array kTrendingParameters{Parameter{"category"}, Parameter{"n"}};
constexpr std::array kPageParameters{Parameter{"after"}, Parameter{"limit"}};
constexpr std::array kSurveyParameters{Parameter{"categories"}, Parameter{"examples"}};
constexpr std::array kTrainingParameters{Parameter{"wait"}};
constexpr std::array kRunParameters{Parameter{"run_id"}, Parameter{"rollout"}};
constexpr std::array kRetryParameters{Parameter{"from"}};
constexpr std::array kTaskParameters{Parameter{"force"}};
constexpr std::array kLogParameters{Parameter{"attempt"}};

constexpr std::array kCanaryParameters{Parameter{"share"}};
constexpr std::array kWithdrawParameters{Parameter{"reason"}};

constexpr auto kNone = RequestBody::kNone;
constexpr auto kJson = RequestBody::kJson;
constexpr auto kList = RequestBody::kJsonOrNdjson;
constexpr auto kRefuse = UnderOverload::kRefuse;

constexpr std::array kRoutes{
    Route{"POST", "/v1/events", kEventParameters, kList, OnCoroutine{post_events}, kRefuse},

    Route{"GET", "/v1/recommendations", kRecommendationParameters, kNone, OnLoop{get_recommendations}, kRefuse},
    Route{"GET", "/v1/items/{id}/similar", kSimilarParameters, kNone, OnLoop{get_similar_items}, kRefuse},
    Route{"GET", "/v1/trending", kTrendingParameters, kNone, OnLoop{get_trending}, kRefuse},

    Route{"POST", "/v1/items", {}, kList, OnPool{post_items}, kRefuse},
    Route{"GET", "/v1/items/{id}", {}, kNone, OnLoop{get_one_item}, kRefuse},
    Route{"PUT", "/v1/items/{id}", {}, kJson, OnPool{put_one_item}, kRefuse},
    Route{"DELETE", "/v1/items/{id}", {}, kNone, OnPool{delete_item}, kRefuse},

    Route{"GET", "/v1/users", kPageParameters, kNone, OnPool{get_users}, kRefuse},
    Route{"POST", "/v1/users", {}, kList, OnPool{post_users}, kRefuse},
    Route{"GET", "/v1/users/{id}", {}, kNone, OnLoop{get_one_user}, kRefuse},
    Route{"PUT", "/v1/users/{id}", {}, kJson, OnPool{put_one_user}, kRefuse},
    Route{"DELETE", "/v1/users/{id}", {}, kNone, OnPool{delete_user}, kRefuse},
    Route{"GET", "/v1/users/{id}/features", {}, kNone, OnLoop{get_user_features}, kRefuse},

    Route{"GET", "/v1/onboarding/survey", kSurveyParameters, kNone, OnPool{get_onboarding_survey}},
    Route{"POST", "/v1/users/{id}/onboarding", {}, kJson, OnPool{post_onboarding}},

    Route{"POST", "/v1/training", kTrainingParameters, kNone, OnCoroutine{post_training}},
    Route{"GET", "/v1/training", {}, kNone, OnLoop{get_training}},
    Route{"POST", "/v1/pipeline/runs", kRunParameters, kNone, OnPool{post_pipeline_run}},
    Route{"GET", "/v1/pipeline/runs", {}, kNone, OnPool{get_pipeline_runs}},
    Route{"GET", "/v1/pipeline/runs/{id}", {}, kNone, OnPool{get_pipeline_run}},
    Route{"POST", "/v1/pipeline/runs/{id}/retry", kRetryParameters, kNone, OnPool{post_pipeline_retry}},
    Route{"POST", "/v1/pipeline/runs/{id}/tasks/{task}", kTaskParameters, kNone, OnPool{post_pipeline_task}},
    Route{"GET", "/v1/pipeline/runs/{id}/tasks/{task}/log", kLogParameters, kNone, OnPool{get_pipeline_task_log}},
    Route{"GET", "/v1/models", {}, kNone, OnPool{get_models}},
    Route{"POST", "/v1/models/{version}/promote", {}, kNone, OnPool{post_model_promote}},
    Route{"POST", "/v1/models/{version}/canary", kCanaryParameters, kNone, OnPool{post_model_canary}},
    Route{"DELETE", "/v1/models/canary", kWithdrawParameters, kNone, OnPool{delete_model_canary}},
    Route{"POST", "/v1/models/rollback", {}, kNone, OnPool{post_model_rollback}},

    Route{"GET", "/healthz", {}, kNone, OnLoop{get_health}},
    Route{"GET", "/readyz", {}, kNone, OnLoop{get_readiness}},
    Route{"GET", "/metrics", {}, kNone, OnPool{get_metrics}},
    Route{"GET", "/openapi.yaml", {}, kNone, OnLoop{get_openapi}},
};

// Cuts the first segment off a path; false at its end. "/v1/items" -> "v1", leaving "/items".
bool take_segment(std::string_view& path, std::string_view& segment) {
  if (path.empty() || path.front() != '/') return false;
  path.remove_prefix(1);
  segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return true;
}

bool is_argument(std::string_view segment) { return segment.starts_with('{'); }

// Whether the path fits; `raw` receives the segments that stand for the pattern's arguments.
bool fits(std::string_view pattern, std::string_view path, std::vector<std::string_view>& raw) {
  raw.clear();
  std::string_view expected;
  std::string_view given;
  while (take_segment(pattern, expected)) {
    if (!take_segment(path, given)) return false;
    if (!is_argument(expected)) {
      if (given != expected) return false;
    } else if (given.empty()) {
      return false;
    } else {
      raw.push_back(given);
    }
  }
  return path.empty();
}

Result<std::vector<std::string>> decode_segments(const std::vector<std::string_view>& raw) {
  std::vector<std::string> decoded;
  for (const auto segment : raw) {
    auto text = percent_decode(segment);
    if (!text) return invalid_argument("id", "has bad percent-encoding");
    decoded.push_back(*std::move(text));
  }
  return decoded;
}

void allow(std::string& list, std::string_view method) {
  if (!list.empty()) list += ", ";
  list += method == "GET" ? "GET, HEAD" : method;
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

Result<RouteMatch> match_route(std::string_view method, std::string_view path) {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  RouteMatch match;
  std::vector<std::string_view> raw;
  for (const Route& route : kRoutes) {
    if (!fits(route.pattern, path, raw)) continue;
    if (route.method == wanted) {
      match.route = &route;
      MAGPIE_ASSIGN_OR_RETURN(match.arguments, decode_segments(raw));
      return match;
    }
    allow(match.allow, route.method);
  }
  return match;
}

}  // namespace magpie::api
