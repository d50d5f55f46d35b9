#include "api/operations.h"

#include <array>
#include <unordered_set>
#include <utility>

#include "kernels/feature_update.h"

namespace magpie::api {
namespace {

Status check_range(std::string_view field, std::size_t value, std::size_t bound) {
  if (value >= 1 && value <= bound) return ok_status();
  return invalid_argument(std::string(field), "must be from 1 to " + std::to_string(bound));
}

Status check_batch(std::string_view noun, std::size_t size) {
  if (size == 0) return invalid_argument(std::string(noun), "must not be empty");
  if (size <= kMaxBatch) return ok_status();
  return invalid_argument(std::string(noun), "must be at most " + std::to_string(kMaxBatch) + " a request");
}

// The outcome of a batch whose elements are values with a validate(), and a store that takes all or none of them.
template <typename T, typename Put>
Result<BatchOutcome> put_batch(std::string_view noun, DecodedBatch<T> batch, Put put) {
  MAGPIE_RETURN_IF_ERROR(check_batch(noun, batch.size));
  std::vector<T> valid;
  valid.reserve(batch.values.size());
  std::vector<Rejection> invalid;
  for (std::size_t i = 0; i < batch.values.size(); ++i) {
    const Status status = validate(batch.values[i]);
    if (status.ok()) {
      valid.push_back(std::move(batch.values[i]));
    } else {
      invalid.push_back({i, status.error().field(), status.error().message()});
    }
  }
  BatchOutcome outcome;
  outcome.accepted = valid.size();
  merge_rejections(batch, std::move(invalid), outcome);
  if (!valid.empty()) MAGPIE_RETURN_IF_ERROR(put(std::move(valid)));
  return outcome;
}

BatchOutcome to_outcome(const DecodedBatch<speed::RawEvent>& batch, speed::IngestOutcome ingested) {
  BatchOutcome outcome;
  outcome.accepted = ingested.accepted;
  outcome.event_ids = std::move(ingested.event_ids);
  std::vector<Rejection> rejected;
  rejected.reserve(ingested.rejected.size());
  for (auto& rejection : ingested.rejected) {
    rejected.push_back({rejection.index, std::move(rejection.field), std::move(rejection.reason)});
  }
  merge_rejections(batch, std::move(rejected), outcome);
  return outcome;
}

}  // namespace

void append_events(Services& services, DecodedBatch<speed::RawEvent> batch,
                   std::function<void(Result<BatchOutcome>)> done) {
  if (const Status status = check_batch("events", batch.size); !status.ok()) return done(status.error());
  auto events = std::move(batch.values);
  services.ingest.accept(std::move(events),
                         [batch = std::move(batch), done = std::move(done)](Result<speed::IngestOutcome> ingested) {
                           if (!ingested.ok()) return done(ingested.error());
                           done(to_outcome(batch, std::move(ingested).value()));
                         });
}

Result<std::vector<SimilarItem>> similar_items(Services& services, std::string item, std::optional<std::size_t> n) {
  MAGPIE_RETURN_IF_ERROR(validate_id("item_id", item));
  MAGPIE_RETURN_IF_ERROR(check_range("n", n.value_or(kDefaultCount), kMaxRecommendations));
  return services.recommender.similar(ItemId(std::move(item)), n.value_or(kDefaultCount));
}

Result<std::vector<TrendingItem>> trending_items(Services& services, const std::string& category,
                                                 std::optional<std::size_t> n) {
  if (!category.empty()) MAGPIE_RETURN_IF_ERROR(validate_id("category", category));
  MAGPIE_RETURN_IF_ERROR(check_range("n", n.value_or(kDefaultCount), kMaxRecommendations));
  return services.recommender.trending(category, n.value_or(kDefaultCount));
}

const Item* find_item(const CatalogueSnapshot& catalogue, const ItemId& id) {
  const auto index = catalogue.find(id);
  const CatalogueItem* const found = index ? catalogue.at(*index) : nullptr;
  return found == nullptr ? nullptr : &found->item;
}

Result<BatchOutcome> put_items(Services& services, DecodedBatch<Item> batch) {
  return put_batch("items", std::move(batch),
                   [&](std::vector<Item> items) { return services.catalogue.put_items(std::move(items)); });
}

Status put_item(Services& services, Item item) {
  MAGPIE_RETURN_IF_ERROR(validate(item));
  std::vector<Item> items;
  items.push_back(std::move(item));
  return services.catalogue.put_items(std::move(items));
}

Result<Item> get_item(Services& services, std::string id) {
  MAGPIE_RETURN_IF_ERROR(validate_id("id", id));
  const auto catalogue = services.catalogue.snapshot();
  if (const Item* item = find_item(*catalogue, ItemId(id))) return *item;
  return not_found("there is no item \"" + id + "\"");
}

Status erase_item(Services& services, std::string id) {
  MAGPIE_RETURN_IF_ERROR(get_item(services, id));
  const std::array ids{ItemId(std::move(id))};
  return services.catalogue.erase_items(ids);
}

Result<BatchOutcome> put_users(Services& services, DecodedBatch<User> batch) {
  return put_batch("users", std::move(batch),
                   [&](const std::vector<User>& users) { return services.catalogue.put_users(users); });
}

Status put_user(Services& services, User user) {
  MAGPIE_RETURN_IF_ERROR(validate(user));
  const std::array users{std::move(user)};
  return services.catalogue.put_users(users);
}

Result<User> get_user(Services& services, std::string id) {
  MAGPIE_RETURN_IF_ERROR(validate_id("id", id));
  return services.catalogue.user(UserId(std::move(id)));
}

Result<UserPage> list_users(Services& services, std::string after, std::optional<std::size_t> limit) {
  if (!after.empty()) MAGPIE_RETURN_IF_ERROR(validate_id("after", after));
  const std::size_t size = limit.value_or(kDefaultPage);
  MAGPIE_RETURN_IF_ERROR(check_range("limit", size, kMaxPage));
  const auto from = after.empty() ? std::nullopt : std::optional(UserId(std::move(after)));
  // One more than the page shows whether there is another one.
  MAGPIE_ASSIGN_OR_RETURN(auto users, services.catalogue.users(from, size + 1));
  UserPage page{std::move(users), std::nullopt};
  if (page.users.size() > size) {
    page.users.resize(size);
    page.next = page.users.back().id;
  }
  return page;
}

namespace {

// The real-time half first; then what the batch half knows, as far as the catalogue still has it.
std::vector<ItemId> recent_items(const UserFeatures& features, const CatalogueSnapshot& catalogue) {
  std::vector<ItemId> items;
  std::unordered_set<std::uint64_t> seen;
  for (const StateEvent& event : features.recent.interactions) {
    if (items.size() == kReportedRecentItems) return items;
    const StateItem& item = features.recent.items[event.item];
    if (seen.insert(item.id_hash).second) items.push_back(item.id);
  }
  if (!features.batch) return items;
  for (const std::uint64_t id_hash : features.batch->history) {
    if (items.size() == kReportedRecentItems) return items;
    const auto index = catalogue.find_hash(id_hash);
    if (index && seen.insert(id_hash).second) items.push_back(catalogue.at(*index)->item.id);
  }
  return items;
}

}  // namespace

Result<UserFeatureReport> user_features(Services& services, std::string id) {
  MAGPIE_RETURN_IF_ERROR(validate_id("id", id));
  UserFeatureReport report;
  report.user = UserId(std::move(id));
  MAGPIE_ASSIGN_OR_RETURN(report.stored, services.features.user(report.user));
  report.recent = real_time_features(report.stored->recent, services.types, services.clock.now());
  report.recent_items = recent_items(*report.stored, *services.catalogue.snapshot());
  return report;
}

Status erase_user(Services& services, std::string id) {
  MAGPIE_RETURN_IF_ERROR(validate_id("id", id));
  return services.erase_user(UserId(std::move(id)));
}

Status start_training(Services& services, WhenRunning when_running) {
  const Status started = services.training.start();
  // The one precondition of a start is that no training runs.
  const bool runs = !started.ok() && started.error().code() == ErrorCode::kFailedPrecondition;
  return runs && when_running == WhenRunning::kJoin ? ok_status() : started;
}

}  // namespace magpie::api
