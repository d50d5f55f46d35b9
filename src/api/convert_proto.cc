#include "api/convert_proto.h"

#include <string>
#include <utility>
#include <vector>

namespace magpie::api {
namespace {

template <typename Strings>
std::vector<std::string> take_strings(Strings* strings) {
  return {std::make_move_iterator(strings->begin()), std::make_move_iterator(strings->end())};
}

template <typename Field>
void add_strings(std::span<const std::string> strings, Field* field) {
  field->Reserve(static_cast<int>(strings.size()));
  for (const auto& text : strings) *field->Add() = text;
}

template <typename Field>
void add_names(std::span<const Source> sources, Field* field) {
  for (const Source source : sources) *field->Add() = to_string(source);
}

speed::RawEvent take(v1::Event& event) {
  speed::RawEvent raw;
  raw.event_id = std::move(*event.mutable_event_id());
  raw.user_id = std::move(*event.mutable_user_id());
  raw.item_id = std::move(*event.mutable_item_id());
  raw.type = std::move(*event.mutable_type());
  if (event.has_timestamp()) raw.timestamp_ms = event.timestamp();
  raw.value = event.value();
  raw.session_id = std::move(*event.mutable_session_id());
  raw.request_id = std::move(*event.mutable_request_id());
  if (event.has_context()) {
    auto& context = *event.mutable_context();
    raw.context = {std::move(*context.mutable_surface()), std::move(*context.mutable_device()),
                   std::move(*context.mutable_region())};
  }
  return raw;
}

Item take(v1::Item& message, Timestamp now) {
  Item item;
  item.id = ItemId(std::move(*message.mutable_id()));
  item.title = std::move(*message.mutable_title());
  item.description = std::move(*message.mutable_description());
  item.categories = take_strings(message.mutable_categories());
  item.tags = take_strings(message.mutable_tags());
  if (message.has_price()) item.price = message.price();
  item.created_at = message.has_created_at() ? from_unix_ms(message.created_at()) : now;
  item.available = message.has_available() ? message.available() : true;
  item.editorial = message.editorial();
  item.embedding.assign(message.embedding().begin(), message.embedding().end());
  return item;
}

User take(v1::User& message, Timestamp now) {
  User user;
  user.id = UserId(std::move(*message.mutable_id()));
  user.interests = take_strings(message.mutable_interests());
  user.created_at = message.has_created_at() ? from_unix_ms(message.created_at()) : now;
  user.segment = std::move(*message.mutable_segment());
  return user;
}

template <typename Response>
void set_outcome(BatchOutcome& outcome, Response& out) {
  out.set_accepted(outcome.accepted);
  for (Rejection& rejection : outcome.rejected) {
    auto* const rejected = out.add_rejected();
    rejected->set_index(rejection.index);
    rejected->set_field(std::move(rejection.field));
    rejected->set_reason(std::move(rejection.reason));
  }
}

// What every item of an answer begins with.
template <typename Message>
void set_label(const ItemId& id, const CatalogueSnapshot& catalogue, Message& out) {
  out.set_id(id.get());
  const Item* const item = find_item(catalogue, id);
  if (item == nullptr) return;
  out.set_title(item->title);
  add_strings(item->categories, out.mutable_categories());
}

void set_explanation(const RecommendedItem& item, v1::RecommendedItem& out) {
  out.set_reason(item.reason);
  for (std::size_t i = 0; i < item.features.size(); ++i) {
    const std::string name(to_string(static_cast<RankerFeature>(i)));
    (*out.mutable_contributions())[name] = item.features[i];
  }
}

template <typename Counts>
void set_counts(const WindowCounts& counts, const EventTypes& types, Counts* out) {
  for (std::size_t i = 0; i < types.all().size(); ++i) {
    if (counts.by_type[i] > 0) (*out)[types.all()[i].name] = counts.by_type[i];
  }
}

void set_recent(const RealTimeFeatures& recent, const EventTypes& types, v1::UserFeatures& out) {
  for (const ItemId& item : recent.last_items) out.add_last_5_items(item.get());
  if (recent.last_action) out.set_last_action_ts(to_unix_ms(*recent.last_action));
  out.set_session_duration_ms(recent.session_duration.count());
  set_counts(recent.last_hour, types, out.mutable_counts_1h());
  set_counts(recent.last_day, types, out.mutable_counts_24h());
  set_counts(recent.last_week, types, out.mutable_counts_7d());
  for (const auto& [category, weight] : recent.category_affinity) {
    auto* const affinity = out.add_category_affinity();
    affinity->set_category(category);
    affinity->set_weight(weight);
  }
  out.set_saturated(recent.saturated);
}

void set_model(const ModelInfo& info, v1::ModelInfo& out) {
  out.set_version(info.version.get());
  out.set_created_at(to_unix_ms(info.created_at));
  out.set_window_start(to_unix_ms(info.window_start));
  out.set_window_end(to_unix_ms(info.window_end));
  out.set_events(info.events);
  out.set_users(info.users);
  out.set_items(info.items);
  out.mutable_metrics()->insert(info.metrics.begin(), info.metrics.end());
  out.mutable_parameters()->insert(info.parameters.begin(), info.parameters.end());
}

// Elements are counted before they are converted: a batch that is too long is refused by its size alone.
template <typename T, typename Elements, typename Take>
DecodedBatch<T> take_batch(Elements* elements, Take take_element) {
  DecodedBatch<T> batch;
  batch.single = elements->size() == 1;
  batch.size = static_cast<std::size_t>(elements->size());
  if (batch.size > kMaxBatch) return batch;
  batch.values.reserve(batch.size);
  for (auto& element : *elements) batch.values.push_back(take_element(element));
  return batch;
}

}  // namespace

DecodedBatch<speed::RawEvent> from_proto(v1::AppendEventsRequest& request) {
  return take_batch<speed::RawEvent>(request.mutable_events(), [](v1::Event& event) { return take(event); });
}

DecodedBatch<Item> from_proto(v1::PutItemsRequest& request, Timestamp now) {
  return take_batch<Item>(request.mutable_items(), [now](v1::Item& item) { return take(item, now); });
}

DecodedBatch<User> from_proto(v1::PutUsersRequest& request, Timestamp now) {
  return take_batch<User>(request.mutable_users(), [now](v1::User& user) { return take(user, now); });
}

RecommendationRequest from_proto(const v1::RecommendRequest& request) {
  RecommendationRequest wanted;
  wanted.user = UserId(request.user_id());
  wanted.n = requested_count(request).value_or(kDefaultCount);
  wanted.surface = request.surface();
  wanted.categories.assign(request.category().begin(), request.category().end());
  for (const auto& item : request.exclude()) wanted.exclude.emplace_back(item);
  if (!request.item_id().empty()) wanted.item_context = ItemId(request.item_id());
  wanted.explain = request.explain();
  return wanted;
}

void to_proto(BatchOutcome outcome, v1::AppendEventsResponse& out) {
  set_outcome(outcome, out);
  for (auto& id : outcome.event_ids) out.add_event_ids(std::move(id));
}

void to_proto(BatchOutcome outcome, v1::PutResponse& out) { set_outcome(outcome, out); }

void to_proto(const Recommendation& recommendation, const CatalogueSnapshot& catalogue, bool explain,
              v1::RecommendResponse& out) {
  out.set_request_id(recommendation.id.get());
  out.set_model_version(recommendation.model_version.get());
  for (const RecommendedItem& item : recommendation.items) {
    auto* const message = out.add_items();
    set_label(item.item, catalogue, *message);
    message->set_score(item.score);
    add_names(item.sources, message->mutable_sources());
    if (explain) set_explanation(item, *message);
  }
  add_names(recommendation.strategies, out.mutable_strategies());
  out.set_cached(recommendation.cached);
  out.set_degraded(recommendation.degraded);
  add_strings(recommendation.degraded_because, out.mutable_degraded_because());
}

void to_proto(std::span<const SimilarItem> items, const CatalogueSnapshot& catalogue, v1::ItemList& out) {
  for (const SimilarItem& item : items) {
    auto* const message = out.add_items();
    set_label(item.item, catalogue, *message);
    message->set_score(item.score);
    message->set_source(std::string(to_string(item.source)));
  }
}

void to_proto(std::span<const TrendingItem> items, const CatalogueSnapshot& catalogue, v1::ItemList& out) {
  for (const TrendingItem& item : items) {
    auto* const message = out.add_items();
    set_label(item.item, catalogue, *message);
    message->set_score(item.score);
    message->set_source(std::string(to_string(Source::kTrending)));
  }
}

void to_proto(const Item& item, v1::Item& out) {
  out.set_id(item.id.get());
  out.set_title(item.title);
  out.set_description(item.description);
  add_strings(item.categories, out.mutable_categories());
  add_strings(item.tags, out.mutable_tags());
  if (item.price) out.set_price(*item.price);
  out.set_created_at(to_unix_ms(item.created_at));
  out.set_available(item.available);
  out.set_editorial(item.editorial);
  out.mutable_embedding()->Add(item.embedding.begin(), item.embedding.end());
}

void to_proto(const User& user, v1::User& out) {
  out.set_id(user.id.get());
  add_strings(user.interests, out.mutable_interests());
  out.set_created_at(to_unix_ms(user.created_at));
  out.set_segment(user.segment);
}

void to_proto(const UserPage& page, v1::ListUsersResponse& out) {
  for (const User& user : page.users) to_proto(user, *out.add_users());
  if (page.next) out.set_next(page.next->get());
}

void to_proto(const UserFeatureReport& report, const EventTypes& types, v1::UserFeatures& out) {
  out.set_user_id(report.user.get());
  set_recent(report.recent, types, out);
  for (const ItemId& item : report.recent_items) out.add_recent_items(item.get());
  if (!report.stored->batch) return;
  const BatchFeatures& features = *report.stored->batch;
  out.set_total_purchases(features.total_purchases);
  add_strings(features.preferred_categories, out.mutable_preferred_categories());
  out.mutable_user_embedding()->Add(features.user_embedding.begin(), features.user_embedding.end());
  out.set_model_version(features.model_version.get());
}

void to_proto(const batch::TrainingStatus& status, v1::TrainingStatus& out) {
  out.set_running(status.running);
  if (status.running) {
    out.set_stage(status.progress.stage);
    out.set_fraction(status.progress.fraction);
  }
  if (status.last) set_model(*status.last, *out.mutable_last());
  if (status.last_error) out.set_last_error(status.last_error->to_string());
}

void to_proto(const ModelList& list, v1::ListModelsResponse& out) {
  const ModelAliases& aliases = list.aliases;
  if (aliases.production) out.set_production(aliases.production->get());
  if (aliases.previous) out.set_previous(aliases.previous->get());
  if (aliases.canary) {
    out.mutable_canary()->set_version(aliases.canary->version.get());
    out.mutable_canary()->set_share(aliases.canary->share);
    out.mutable_canary()->set_started_at(to_unix_ms(aliases.canary->started_at));
    out.mutable_canary()->set_share_since(to_unix_ms(aliases.canary->share_since));
  }
  for (const ModelInfo& info : list.models) set_model(info, *out.add_models());
}

}  // namespace magpie::api
