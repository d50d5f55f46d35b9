// CronSchedule: when a pipeline is due, as the five fields of cron(8): minute, hour, day of month, month, day of week.
//
//   "0 2 * * *"            every day at 02:00
//   "*/15 9-17 * * mon-fri"  every quarter of an hour in office hours
//
// A field is `*`, numbers, ranges, both with /step, and lists of these; months and days also go by their first three
// letters; Sunday is 0 and 7. Where both days are restricted a moment needs to fit one of them, as in Vixie's cron.
// All times are UTC, so that no moment is skipped or met twice when clocks change.
// Thread-safety: plain values.
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"

namespace magpie::batch::pipeline {

class CronSchedule {
 public:
  // kInvalidArgument says which field is wrong; its own field is empty.
  [[nodiscard]] static Result<CronSchedule> parse(std::string_view expression);

  // The first whole minute after `time` that fits; nothing where there is none ("0 0 31 2 *").
  [[nodiscard]] std::optional<Timestamp> next_after(Timestamp time) const;

 private:
  CronSchedule() = default;
  [[nodiscard]] bool fits(std::chrono::sys_days day) const;

  // Indexed by the value itself.
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;  // Sunday is 0.
  bool any_day_ = false;      // The field begins with a star.
  bool any_weekday_ = false;
};

// The newest scheduled moment that is due at `now` and was not served: after `last`, the one that a run was made for,
// or, where there never was one, after `since`. What was missed before it is not made up for: a model of a window that
// ended yesterday is of no use today.
[[nodiscard]] std::optional<Timestamp> due(const CronSchedule& schedule, std::optional<Timestamp> last, Timestamp since,
                                           Timestamp now);

}  // namespace magpie::batch::pipeline
