// Ingest: the accept path of events. Validates each at the edge, completes it (id, time, categories), and appends the
// valid ones to the log; the answer comes when they are durable.
//
// Events may come before their item: an item that the catalogue lacks is created bare. That holds for an item that was
// deleted, too: someone who still interacts with it knows it better than the catalogue does.
// Thread-safe. May be destroyed while appends are under way; their `done` still comes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/status.h"
#include "base/ulid.h"
#include "ports/catalogue_store.h"
#include "ports/event_log.h"
#include "speed/event_validation.h"

namespace magpie::speed {

struct RejectedEvent {
  std::size_t index = 0;  // In the batch.
  std::string field;      // One of kEventFields.
  std::string reason;     // For a person: "must not be empty".
};

struct IngestOutcome {
  std::size_t accepted = 0;
  std::vector<RejectedEvent> rejected;  // Ascending by index.
  std::vector<std::string> event_ids;   // Of the accepted ones, in order.
};

inline constexpr std::size_t kMaxEventBatch = 10'000;

class Ingest {
 public:
  using Done = std::function<void(Result<IngestOutcome>)>;

  Ingest(EventLog& log, CatalogueStore& catalogue, const EventTypes& types, const Clock& clock, UlidGenerator& ids,
         Metrics& metrics);

  // `done` is called once, from any thread, maybe before this returns. Invalid events are in the outcome and keep no
  // valid one back. An error means that nothing of the batch is durable: kInvalidArgument (more than kMaxEventBatch),
  // kResourceExhausted (shed load), kUnavailable (retry with the same event ids).
  void accept(std::vector<RawEvent> batch, Done done);

  // Impressions of a response, made by the server itself: already valid. Never fails the response that caused it;
  // a failure is counted.
  void log_impressions(std::vector<Event> impressions);

 private:
  struct Counters {
    explicit Counters(Metrics& metrics);
    Counter accepted;
    Counter future;
    Counter unlogged;
    Counter impressions;
    Counter lost_impressions;
    std::map<std::string, Counter, std::less<>> rejected;  // By field.
  };
  struct Screened {
    std::vector<Event> events;
    IngestOutcome outcome;
  };

  [[nodiscard]] Screened screen(std::vector<RawEvent> batch);
  // Creates the items that the catalogue lacks and fills the events' categories in.
  [[nodiscard]] Status join_catalogue(std::vector<Event>& events);
  void append(std::vector<Event> events, IngestOutcome outcome, Done done);

  EventLog& log_;
  CatalogueStore& catalogue_;
  const EventTypes& types_;
  const Clock& clock_;
  UlidGenerator& ids_;
  std::shared_ptr<Counters> counters_;  // Shared with appends under way.
};

}  // namespace magpie::speed
