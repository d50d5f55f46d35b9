#include <cmath>
#include <utility>

#include "batch/extraction.h"

namespace magpie::batch {
namespace {

AnalyticsRows rows_of(const EventTypes& types) {
  TextColumn names;
  IntegerColumn weights;
  IntegerColumn interactions;
  for (std::size_t code = 0; code < types.all().size(); ++code) {
    const EventTypeInfo& info = types.all()[code];
    names.emplace_back(info.name);
    weights.emplace_back(std::llround(1000 * info.weight));
    interactions.emplace_back(is_interaction(EventType(static_cast<std::uint8_t>(code))) ? 1 : 0);
  }
  return {{{"type", std::move(names)},
           {"weight_thousandths", std::move(weights)},
           {"is_interaction", std::move(interactions)}}};
}

AnalyticsRows rows_of(const CatalogueSnapshot& catalogue) {
  TextColumn ids;
  ListColumn categories;
  RealColumn prices;
  IntegerColumn created;
  IntegerColumn available;
  for (std::uint32_t index = 0; index < catalogue.index_bound(); ++index) {
    const CatalogueItem* entry = catalogue.at(ItemIndex(index));
    if (entry == nullptr) continue;
    ids.emplace_back(entry->item.id.get());
    categories.push_back(entry->item.categories);
    prices.push_back(entry->item.price);
    created.emplace_back(to_unix_ms(entry->item.created_at));
    available.emplace_back(entry->item.available ? 1 : 0);
  }
  return {{{"item_id", std::move(ids)},
           {"categories", std::move(categories)},
           {"price", std::move(prices)},
           {"created_at_ms", std::move(created)},
           {"available", std::move(available)}}};
}

}  // namespace

Status read_raw(HistoryStore& history, const CatalogueSnapshot& catalogue, const EventTypes& types,
                Analytics& analytics, TimeWindow window, const std::filesystem::path& raw) {
  MAGPIE_RETURN_IF_ERROR(history.export_window(window, raw / kRawEvents));
  MAGPIE_RETURN_IF_ERROR(analytics.write_rows(rows_of(catalogue), raw / kRawItems).status());
  return analytics.write_rows(rows_of(types), raw / kRawEventTypes).status();
}

}  // namespace magpie::batch
