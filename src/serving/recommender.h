// Recommender: the request path. Features and the four candidate strategies in parallel under a deadline, merge,
// filter, one batch scored, at most 3 per category, top n, impressions.
//
// A user whom a canary serves gets all of the answer from it, and always from it while it lasts; what knows no user
// (similar, trending) is answered by the model in production.
// Thread-safe. A strategy that is late or fails is left out and counted; if all fail, popular items; an answer always
// says which model, which strategies, and whether it is degraded.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "base/ulid.h"
#include "model/recommendation.h"
#include "ports/catalogue_store.h"
#include "ports/feature_store.h"
#include "serving/cold_start/cold_start.h"
#include "serving/cold_start/survey.h"
#include "serving/fan_out.h"
#include "serving/model_holder.h"
#include "serving/selection.h"
#include "serving/serving_metrics.h"

namespace magpie::serving {

struct RecommenderSettings {
  // Candidates a strategy brings for up to kQuotaItems items; more items, proportionally more candidates.
  std::size_t collaborative_quota = 50;
  std::size_t content_quota = 30;
  std::size_t item_to_item_quota = 50;
  std::size_t trending_quota = 20;
  Duration strategy_deadline = std::chrono::milliseconds(20);
  std::size_t max_per_category = 3;  // 0: no diversity rule.
  bool log_impressions = true;
};
inline constexpr std::size_t kQuotaItems = 20;

// Receives the impressions of a response (speed::Ingest::log_impressions in the embedded profile).
using ImpressionSink = std::function<void(std::vector<Event>)>;

class Recommender {
 public:
  // All references must outlive this; strategies that are late may still run on `pool` after this is gone, touching
  // nothing of it. `cold_start` may be null: new users are answered like any other then.
  Recommender(CatalogueStore& catalogue, FeatureStore& features, const ModelHolder& models, const EventTypes& types,
              const Clock& clock, UlidGenerator& ids, ThreadPool& pool, Metrics& metrics, ImpressionSink impressions,
              RecommenderSettings settings, const ColdStart* cold_start = nullptr);

  // kInvalidArgument names the field. An unknown user is no error: popular and trending items.
  // Never empty while the catalogue has an available item for the user. Not to be called on `pool`'s threads.
  [[nodiscard]] Result<Recommendation> recommend(const RecommendationRequest& request);
  // kNotFound for an item that is not in the catalogue. Empty before the first model.
  [[nodiscard]] Result<std::vector<SimilarItem>> similar(const ItemId& item, std::size_t n);
  // Available items by decayed popularity, of one category or (empty) of all; by the model's recent popularity where
  // the stream has seen too few. Nothing is trending in a category that does not exist.
  [[nodiscard]] Result<std::vector<TrendingItem>> trending(const std::string& category, std::size_t n);

  // What to ask a new user: categories, the most telling first, each with examples.
  [[nodiscard]] std::vector<SurveyCategory> survey(std::size_t categories, std::size_t examples) const;

 private:
  // `model` may be null.
  [[nodiscard]] Recommendation answer(const RecommendationRequest& request,
                                      const std::shared_ptr<const ServingModel>& model);
  [[nodiscard]] std::shared_ptr<const RequestContext> gather(const RecommendationRequest& request,
                                                             std::shared_ptr<const ServingModel> model,
                                                             Recommendation& response);
  [[nodiscard]] std::vector<StrategyReport> run_strategies(const std::shared_ptr<const RequestContext>& context,
                                                           std::size_t n, Recommendation& response);
  void fill(const RecommendationRequest& request, const RequestContext& context, const Selection& selection,
            Recommendation& response);
  void log_impressions(const RecommendationRequest& request, const RequestContext& context,
                       const Recommendation& response);

  CatalogueStore& catalogue_;
  FeatureStore& features_;
  const ModelHolder& models_;
  const EventTypes& types_;
  const Clock& clock_;
  UlidGenerator& ids_;
  FanOut fan_out_;
  ServingMetrics metrics_;
  ImpressionSink impressions_;
  const RecommenderSettings settings_;
  const std::vector<Strategy> strategies_;
  const ColdStart* cold_start_;
};

}  // namespace magpie::serving
