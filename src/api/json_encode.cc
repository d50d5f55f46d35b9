#include "api/json_encode.h"

#include "model/event_type.h"
#include "serving/cold_start/onboarding.h"

namespace magpie::api {
namespace {

void write_time(JsonWriter& json, std::string_view name, Timestamp time) { json.key(name).integer(to_unix_ms(time)); }

void write_sources(JsonWriter& json, std::string_view name, std::span<const Source> sources) {
  json.key(name).begin_array();
  for (const Source source : sources) json.string(to_string(source));
  json.end_array();
}

// What every item of an answer begins with.
void write_label(JsonWriter& json, const ItemId& id, const CatalogueSnapshot& catalogue) {
  json.field("id", id.get());
  const Item* const item = find_item(catalogue, id);
  json.field("title", item == nullptr ? std::string_view() : std::string_view(item->title));
  json.key("categories");
  json.strings(item == nullptr ? std::span<const std::string>() : std::span<const std::string>(item->categories));
}

void write_explanation(JsonWriter& json, const RecommendedItem& item) {
  json.field("reason", item.reason);
  json.key("contributions").begin_object();
  for (std::size_t i = 0; i < item.features.size(); ++i) {
    json.key(to_string(static_cast<RankerFeature>(i))).number(item.features[i]);
  }
  json.end_object();
}

void write_counts(JsonWriter& json, std::string_view name, const WindowCounts& counts, const EventTypes& types) {
  json.key(name).begin_object();
  for (std::size_t i = 0; i < types.all().size(); ++i) {
    if (counts.by_type[i] > 0) json.key(types.all()[i].name).unsigned_integer(counts.by_type[i]);
  }
  json.end_object();
}

void write_recent(JsonWriter& json, const RealTimeFeatures& recent, const EventTypes& types) {
  json.key("last_5_items").begin_array();
  for (const ItemId& item : recent.last_items) json.string(item.get());
  json.end_array();
  if (recent.last_action) write_time(json, "last_action_ts", *recent.last_action);
  json.key("session_duration_ms").integer(recent.session_duration.count());
  write_counts(json, "counts_1h", recent.last_hour, types);
  write_counts(json, "counts_24h", recent.last_day, types);
  write_counts(json, "counts_7d", recent.last_week, types);
  json.key("category_affinity").begin_array();
  for (const auto& [category, weight] : recent.category_affinity) {
    json.begin_object().field("category", category).key("weight").number(weight).end_object();
  }
  json.end_array();
  json.key("saturated").boolean(recent.saturated);
}

void write_batch_features(JsonWriter& json, const BatchFeatures& features) {
  json.key("total_purchases").unsigned_integer(features.total_purchases);
  json.key("preferred_categories").strings(features.preferred_categories);
  json.key("user_embedding").begin_array();
  for (const float value : features.user_embedding) json.number(value);
  json.end_array();
  json.key("model_version").unsigned_integer(features.model_version.get());
}

void write_item_value(JsonWriter& json, const Item& item) {
  json.begin_object().field("id", item.id.get()).field("title", item.title).field("description", item.description);
  json.key("categories").strings(item.categories).key("tags").strings(item.tags);
  if (item.price) json.key("price").number(*item.price);
  write_time(json, "created_at", item.created_at);
  json.key("available").boolean(item.available).key("editorial").boolean(item.editorial);
  if (!item.embedding.empty()) {
    json.key("embedding").begin_array();
    for (const float value : item.embedding) json.number(value);
    json.end_array();
  }
  json.end_object();
}

void write_user_value(JsonWriter& json, const User& user) {
  json.begin_object().field("id", user.id.get()).key("interests").strings(user.interests);
  write_time(json, "created_at", user.created_at);
  json.field("segment", user.segment).end_object();
}

void write_model_value(JsonWriter& json, const ModelInfo& info) {
  json.begin_object().key("version").unsigned_integer(info.version.get());
  write_time(json, "created_at", info.created_at);
  write_time(json, "window_start", info.window_start);
  write_time(json, "window_end", info.window_end);
  json.key("events").unsigned_integer(info.events);
  json.key("users").unsigned_integer(info.users);
  json.key("items").unsigned_integer(info.items);
  json.key("metrics").begin_object();
  for (const auto& [name, value] : info.metrics) json.key(name).number(value);
  json.end_object().key("parameters").begin_object();
  for (const auto& [name, value] : info.parameters) json.field(name, value);
  json.end_object().end_object();
}

void write_version(JsonWriter& json, std::string_view name, ModelVersion version) {
  json.key(name).unsigned_integer(version.get());
}

void write_aliases(JsonWriter& json, const ModelAliases& aliases) {
  if (aliases.production) write_version(json, "production", *aliases.production);
  if (aliases.previous) write_version(json, "previous", *aliases.previous);
  if (const auto& canary = aliases.canary) {
    json.key("canary").begin_object();
    write_version(json, "version", canary->version);
    json.key("share").number(canary->share);
    write_time(json, "started_at", canary->started_at);
    write_time(json, "share_since", canary->share_since);
    json.end_object();
  }
  if (const auto& rejected = aliases.rejected) {
    json.key("rejected").begin_object();
    write_version(json, "version", rejected->version);
    write_time(json, "at", rejected->at);
    json.field("reason", rejected->reason).end_object();
  }
}

}  // namespace

void write_recommendation(const Recommendation& recommendation, const CatalogueSnapshot& catalogue, bool explain,
                          std::string& out) {
  JsonWriter json(out);
  json.begin_object().field("request_id", recommendation.id.get());
  json.key("model_version").unsigned_integer(recommendation.model_version.get());
  json.key("items").begin_array();
  for (const RecommendedItem& item : recommendation.items) {
    json.begin_object();
    write_label(json, item.item, catalogue);
    json.key("score").number(item.score);
    write_sources(json, "sources", item.sources);
    if (explain) write_explanation(json, item);
    json.end_object();
  }
  json.end_array();
  write_sources(json, "strategies", recommendation.strategies);
  json.key("cached").boolean(recommendation.cached).key("degraded").boolean(recommendation.degraded);
  json.key("degraded_because").strings(recommendation.degraded_because).end_object();
}

void write_similar(std::span<const SimilarItem> items, const CatalogueSnapshot& catalogue, std::string& out) {
  JsonWriter json(out);
  json.begin_object().key("items").begin_array();
  for (const SimilarItem& item : items) {
    json.begin_object();
    write_label(json, item.item, catalogue);
    json.key("score").number(item.score).field("source", to_string(item.source)).end_object();
  }
  json.end_array().end_object();
}

void write_trending(std::span<const TrendingItem> items, const CatalogueSnapshot& catalogue, std::string& out) {
  JsonWriter json(out);
  json.begin_object().key("items").begin_array();
  for (const TrendingItem& item : items) {
    json.begin_object();
    write_label(json, item.item, catalogue);
    json.key("score").number(item.score).field("source", to_string(Source::kTrending)).end_object();
  }
  json.end_array().end_object();
}

void write_item(const Item& item, std::string& out) {
  JsonWriter json(out);
  write_item_value(json, item);
}

void write_user(const User& user, std::string& out) {
  JsonWriter json(out);
  write_user_value(json, user);
}

void write_survey(std::span<const serving::SurveyCategory> survey, const CatalogueSnapshot& catalogue,
                  std::string& out) {
  JsonWriter json(out);
  json.begin_object().key("choose").unsigned_integer(serving::kSurveyChoices).key("categories").begin_array();
  for (const serving::SurveyCategory& category : survey) {
    json.begin_object().field("category", category.category).key("items").begin_array();
    for (const ItemId& item : category.examples) {
      json.begin_object();
      write_label(json, item, catalogue);
      json.end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

void write_user_page(const UserPage& page, std::string& out) {
  JsonWriter json(out);
  json.begin_object().key("users").begin_array();
  for (const User& user : page.users) write_user_value(json, user);
  json.end_array();
  if (page.next) json.field("next", page.next->get());
  json.end_object();
}

void write_user_features(const UserFeatureReport& report, const CatalogueSnapshot& catalogue, const EventTypes& types,
                         std::string& out) {
  JsonWriter json(out);
  json.begin_object().field("user_id", report.user.get());
  json.key("recent_items").begin_array();
  for (const ItemId& item : report.recent_items) {
    json.begin_object();
    write_label(json, item, catalogue);
    json.end_object();
  }
  json.end_array();
  write_recent(json, report.recent, types);
  write_batch_features(json, report.stored->batch.value_or(BatchFeatures()));
  json.end_object();
}

void write_rejections(std::span<const Rejection> rejected, JsonWriter& json) {
  json.begin_array();
  for (const Rejection& rejection : rejected) {
    json.begin_object().key("index").unsigned_integer(rejection.index);
    json.field("field", rejection.field).field("reason", rejection.reason).end_object();
  }
  json.end_array();
}

void write_batch_outcome(const BatchOutcome& outcome, bool with_ids, std::string& out) {
  JsonWriter json(out);
  json.begin_object().key("accepted").unsigned_integer(outcome.accepted).key("rejected");
  write_rejections(outcome.rejected, json);
  if (with_ids) json.key("event_ids").strings(outcome.event_ids);
  json.end_object();
}

void write_training_status(const batch::TrainingStatus& status, std::string& out) {
  JsonWriter json(out);
  json.begin_object().key("running").boolean(status.running);
  if (status.running) {
    json.key("progress").begin_object().field("stage", status.progress.stage);
    json.key("fraction").number(status.progress.fraction).end_object();
  }
  if (status.last) {
    json.key("last");
    write_model_value(json, *status.last);
  }
  if (status.last_error) {
    json.key("last_error").begin_object().field("code", to_string(status.last_error->code()));
    json.field("message", status.last_error->message()).end_object();
  }
  json.end_object();
}

void write_models(const ModelList& list, std::string& out) {
  JsonWriter json(out);
  json.begin_object();
  write_aliases(json, list.aliases);
  json.key("models").begin_array();
  for (const ModelInfo& info : list.models) write_model_value(json, info);
  json.end_array().end_object();
}

void write_ready(std::span<const std::string> warnings, std::string& out) {
  JsonWriter json(out);
  json.begin_object().field("status", "ready");
  if (!warnings.empty()) json.key("warnings").strings(warnings);
  json.end_object();
}

}  // namespace magpie::api
