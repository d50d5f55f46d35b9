#include "speed/ingest.h"

#include <unordered_set>
#include <utility>

namespace magpie::speed {

Ingest::Counters::Counters(Metrics& metrics)
    : accepted(metrics.counter("magpie_events_accepted_total", "Events acknowledged: valid and durable.")),
      future(metrics.counter("magpie_events_future_total",
                             "Accepted events that were ahead of the server's clock, within the allowed skew.")),
      unlogged(metrics.counter("magpie_events_unlogged_total",
                               "Valid events refused because the log or the catalogue could not take them.")),
      impressions(metrics.counter("magpie_impressions_logged_total", "Impressions of responses, durable.")),
      lost_impressions(
          metrics.counter("magpie_impressions_lost_total", "Impressions of responses that the log could not take.")) {
  for (const std::string_view field : kEventFields) {
    rejected.emplace(field, metrics.counter("magpie_events_rejected_total",
                                            "Events refused at the edge, by the field that was wrong.",
                                            {{"field", std::string(field)}}));
  }
}

Ingest::Ingest(EventLog& log, CatalogueStore& catalogue, const EventTypes& types, const Clock& clock,
               UlidGenerator& ids, Metrics& metrics)
    : log_(log),
      catalogue_(catalogue),
      types_(types),
      clock_(clock),
      ids_(ids),
      counters_(std::make_shared<Counters>(metrics)) {}

void Ingest::accept(std::vector<RawEvent> batch, Done done) {
  if (batch.size() > kMaxEventBatch) {
    done(invalid_argument("events", "must be at most " + std::to_string(kMaxEventBatch) + " a batch"));
    return;
  }
  auto [events, outcome] = screen(std::move(batch));
  if (events.empty()) {
    done(std::move(outcome));
    return;
  }
  if (const Status joined = join_catalogue(events); !joined.ok()) {
    counters_->unlogged.add(static_cast<double>(events.size()));
    done(joined.error());
    return;
  }
  append(std::move(events), std::move(outcome), std::move(done));
}

Ingest::Screened Ingest::screen(std::vector<RawEvent> batch) {
  const Timestamp now = clock_.now();
  Screened result;
  result.events.reserve(batch.size());
  result.outcome.event_ids.reserve(batch.size());
  for (std::size_t index = 0; index < batch.size(); ++index) {
    auto event = to_event(std::move(batch[index]), types_, now);
    if (!event.ok()) {
      const Error& error = event.error();
      if (const auto counter = counters_->rejected.find(error.field()); counter != counters_->rejected.end()) {
        counter->second.add();
      }
      result.outcome.rejected.push_back({index, error.field(), error.message()});
      continue;
    }
    if (event->id.get().empty()) event->id = EventId(ids_.next());
    if (event->time > now) counters_->future.add();
    result.outcome.event_ids.push_back(event->id.get());
    result.events.push_back(std::move(event).value());
  }
  result.outcome.accepted = result.events.size();
  return result;
}

Status Ingest::join_catalogue(std::vector<Event>& events) {
  const auto snapshot = catalogue_.snapshot();
  std::unordered_set<ItemId> seen;
  std::vector<ItemId> unknown;  // In order of appearance, so that the same events give the same catalogue.
  for (Event& event : events) {
    const auto index = snapshot->find(event.item);
    const CatalogueItem* known = index ? snapshot->at(*index) : nullptr;
    if (known != nullptr) {
      event.categories = known->item.categories;
    } else if (seen.insert(event.item).second) {
      unknown.push_back(event.item);
    }
  }
  if (unknown.empty()) return ok_status();
  return catalogue_.ensure_items(unknown, clock_.now());
}

void Ingest::append(std::vector<Event> events, IngestOutcome outcome, Done done) {
  log_.append(std::move(events), [counters = counters_, outcome = std::move(outcome),
                                  done = std::move(done)](const Status& status) mutable {
    const auto count = static_cast<double>(outcome.accepted);
    if (!status.ok()) {
      counters->unlogged.add(count);
      done(status.error());
      return;
    }
    counters->accepted.add(count);
    done(std::move(outcome));
  });
}

void Ingest::log_impressions(std::vector<Event> impressions) {
  if (impressions.empty()) return;
  const auto count = static_cast<double>(impressions.size());
  log_.append(std::move(impressions), [counters = counters_, count](const Status& status) {
    (status.ok() ? counters->impressions : counters->lost_impressions).add(count);
  });
}

}  // namespace magpie::speed
