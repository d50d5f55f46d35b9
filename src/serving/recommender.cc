#include "serving/recommender.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "serving/explain.h"
#include "serving/impressions.h"
#include "serving/request_validation.h"
#include "serving/scoring.h"
#include "serving/similar.h"
#include "serving/strategies/collaborative.h"
#include "serving/strategies/content.h"
#include "serving/strategies/item_to_item.h"
#include "serving/strategies/trending.h"
#include "serving/trending_items.h"

namespace magpie::serving {
namespace {

std::vector<Strategy> make_strategies(const RecommenderSettings& settings) {
  return {{Source::kCollaborative, collaborative_candidates, settings.collaborative_quota},
          {Source::kContent, content_candidates, settings.content_quota},
          {Source::kItemToItem, item_to_item_candidates, settings.item_to_item_quota},
          {Source::kTrending, trending_candidates, settings.trending_quota}};
}

void degrade(Recommendation& response, std::string reason) {
  response.degraded = true;
  response.degraded_because.push_back(std::move(reason));
}

std::string describe(const StrategyReport& report) {
  std::string text = std::string(to_string(report.source)) + ": " + std::string(to_string(report.outcome));
  if (!report.reason.empty()) text += ": " + report.reason;
  return text;
}

}  // namespace

Recommender::Recommender(CatalogueStore& catalogue, FeatureStore& features, const ModelHolder& models,
                         const EventTypes& types, const Clock& clock, UlidGenerator& ids, ThreadPool& pool,
                         Metrics& metrics, ImpressionSink impressions, RecommenderSettings settings,
                         const ColdStart* cold_start)
    : catalogue_(catalogue),
      features_(features),
      models_(models),
      types_(types),
      clock_(clock),
      ids_(ids),
      fan_out_(pool, settings.strategy_deadline),
      metrics_(metrics),
      impressions_(std::move(impressions)),
      settings_(settings),
      strategies_(make_strategies(settings)),
      cold_start_(cold_start) {}

Result<Recommendation> Recommender::recommend(const RecommendationRequest& request) {
  if (const Status valid = validate(request); !valid.ok()) {
    metrics_.count_refused();
    return valid.error();
  }
  const auto lineup = models_.lineup();
  const ModelRole role = lineup->role_for(request.user);
  const ServedModel& served = lineup->served(role);
  // A stopwatch, not a time of day.
  const auto start = std::chrono::steady_clock::now();
  Recommendation response = answer(request, served.model);
  const auto elapsed = std::chrono::steady_clock::now() - start;
  metrics_.observe_latency(request.surface, elapsed);
  metrics_.observe_answer(role, elapsed, response.degraded);
  served.traffic->count(elapsed, response.degraded);
  return response;
}

Recommendation Recommender::answer(const RecommendationRequest& request,
                                   const std::shared_ptr<const ServingModel>& model) {
  Recommendation response;
  response.id = RequestId(ids_.next());
  const auto context = gather(request, model, response);
  const auto reports = run_strategies(context, request.n, response);
  std::vector<MergedCandidate> candidates = merge(reports);
  score_and_sort(*context, candidates);
  Selection selection = select(*context, std::move(candidates), request.n, settings_.max_per_category);
  if (selection.fell_back) {
    metrics_.count_fallback();
    response.strategies.push_back(Source::kPopular);
  }
  if (cold_start_ != nullptr) {
    cold_start_->blend(request, *context, response.id, settings_.max_per_category, selection);
  }
  fill(request, *context, selection, response);
  log_impressions(request, *context, response);
  return response;
}

std::shared_ptr<const RequestContext> Recommender::gather(const RecommendationRequest& request,
                                                          std::shared_ptr<const ServingModel> model,
                                                          Recommendation& response) {
  if (model == nullptr) {
    degrade(response, "model: none is loaded yet");
  } else {
    response.model_version = model->version();
  }
  auto features = features_.user(request.user);
  if (!features.ok()) degrade(response, "features: " + features.error().to_string());
  auto known = features.ok() ? std::move(features).value() : std::make_shared<const UserFeatures>();
  return std::make_shared<const RequestContext>(request, types_, catalogue_.snapshot(), std::move(model),
                                                std::move(known), features_.trending());
}

std::vector<StrategyReport> Recommender::run_strategies(const std::shared_ptr<const RequestContext>& context,
                                                        std::size_t n, Recommendation& response) {
  std::vector<Strategy> strategies = strategies_;
  for (Strategy& strategy : strategies) strategy.quota = strategy.quota * std::max(n, kQuotaItems) / kQuotaItems;
  auto reports = fan_out_.run(strategies, context);
  for (const StrategyReport& report : reports) {
    metrics_.count(report);
    if (report.outcome == StrategyOutcome::kOk) {
      response.strategies.push_back(report.source);
    } else {
      degrade(response, describe(report));
    }
  }
  return reports;
}

void Recommender::fill(const RecommendationRequest& request, const RequestContext& context, const Selection& selection,
                       Recommendation& response) {
  response.items.reserve(selection.items.size());
  for (const MergedCandidate& chosen : selection.items) {
    RecommendedItem item;
    item.item = context.catalogue->at(chosen.item)->item.id;
    item.score = chosen.score;
    item.sources = chosen.sources.list();
    item.propensity = chosen.propensity;
    if (request.explain) {
      item.features = contributions(context, chosen.item);
      item.reason = explain(context, types_, chosen, item.features);
    }
    response.items.push_back(std::move(item));
  }
}

void Recommender::log_impressions(const RecommendationRequest& request, const RequestContext& context,
                                  const Recommendation& response) {
  if (!settings_.log_impressions || response.items.empty()) return;
  impressions_(impressions(request, response, *context.catalogue, clock_.now(), [this] { return ids_.next(); }));
}

Result<std::vector<SimilarItem>> Recommender::similar(const ItemId& item, std::size_t n) {
  MAGPIE_RETURN_IF_ERROR(validate_count(n));
  const auto snapshot = catalogue_.snapshot();
  const auto index = snapshot->find(item);
  if (!index || snapshot->at(*index) == nullptr) return not_found("there is no item \"" + item.get() + "\"");
  const auto model = models_.get();
  if (model == nullptr) return std::vector<SimilarItem>{};
  return similar_items(*model, *snapshot, *index, n);
}

Result<std::vector<TrendingItem>> Recommender::trending(const std::string& category, std::size_t n) {
  MAGPIE_RETURN_IF_ERROR(validate_count(n));
  const auto lists = features_.trending();
  const auto model = models_.get();
  if (!lists.ok() && model == nullptr) return lists.error();
  return trending_items(lists.ok() ? **lists : Trending{}, model.get(), *catalogue_.snapshot(), category, n);
}

std::vector<SurveyCategory> Recommender::survey(std::size_t categories, std::size_t examples) const {
  return serving::survey(models_.get().get(), *catalogue_.snapshot(), categories, examples);
}

}  // namespace magpie::serving
