// HistoryScan: reads tables of events in order, each event id once, in bounded memory.
//
// Aggregations over the whole window find the ids that occur more than once: first by a 64-bit hash, which in a history
// without retries ends the search; the days are then sorted one by one. Both spill what does not fit into memory. Of
// the events with one id the earliest is kept. Thread-safety: as DuckSession's.
#pragma once

#include <string>

#include "adapters/embedded/duck_session.h"
#include "ports/history_store.h"

namespace magpie::embedded {

class HistoryScan {
 public:
  // `session` and `types` must outlive this object.
  HistoryScan(DuckSession& session, const EventTypes& types, TimeWindow window);

  // Must come first; `table` has the rows of all tables that are going to be visited.
  [[nodiscard]] Status find_repeated(const std::string& table);
  // Calls with ascending, disjoint ranges of time yield the whole window in order.
  [[nodiscard]] Status visit_table(const std::string& table, const HistoryStore::Visit& visit);

 private:
  [[nodiscard]] std::string rows_of(const std::string& table) const;

  DuckSession& session_;
  const EventTypes& types_;
  std::string in_window_;  // An SQL condition.
  bool any_repeated_ = false;
};

}  // namespace magpie::embedded
