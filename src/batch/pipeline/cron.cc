#include "batch/pipeline/cron.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

namespace magpie::batch::pipeline {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::sys_days;

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

// 29 February comes again after 8 years at the latest (1896 and 1904); what has not come by then never does.
constexpr auto kHorizon = days(8 * 366);

struct FieldSpec {
  std::string_view name;
  unsigned first = 0;
  unsigned last = 0;
  std::span<const std::string_view> words;  // words[i] stands for first + i.
};

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = text.find_first_of(separators);
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (end != std::string_view::npos && text.empty()) parts.emplace_back();
  }
  return parts;
}

std::vector<std::string_view> split_fields(std::string_view expression) {
  auto fields = split(expression, " \t");
  std::erase(fields, std::string_view());
  return fields;
}

Error wrong(const FieldSpec& field, std::string_view text) {
  return invalid_argument("", std::string(field.name) + " '" + std::string(text) + "' must be of " +
                                  std::to_string(field.first) + " to " + std::to_string(field.last));
}

std::optional<unsigned> parse_number(std::string_view text) {
  unsigned value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool same_word(std::string_view text, std::string_view word) {
  return std::ranges::equal(text, word, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

Result<unsigned> parse_value(const FieldSpec& field, std::string_view text) {
  for (std::size_t i = 0; i < field.words.size(); ++i) {
    if (same_word(text, field.words[i])) return field.first + static_cast<unsigned>(i);
  }
  const auto value = parse_number(text);
  if (!value || *value < field.first || *value > field.last) return wrong(field, text);
  return *value;
}

struct ValueRange {
  unsigned first = 0;
  unsigned last = 0;
  bool single = false;  // One value, no range.
};

Result<ValueRange> parse_range(const FieldSpec& field, std::string_view text) {
  if (text == "*") return ValueRange{field.first, field.last, false};
  const auto dash = text.find('-');
  MAGPIE_ASSIGN_OR_RETURN(const unsigned first, parse_value(field, text.substr(0, dash)));
  if (dash == std::string_view::npos) return ValueRange{first, first, true};
  MAGPIE_ASSIGN_OR_RETURN(const unsigned last, parse_value(field, text.substr(dash + 1)));
  if (last < first) return wrong(field, text);
  return ValueRange{first, last, false};
}

// One element of a list, with its step. Values above `modulus` wrap: Sunday is 7 and 0.
template <std::size_t N>
Status add_element(const FieldSpec& field, std::string_view text, std::bitset<N>& values) {
  const auto slash = text.find('/');
  MAGPIE_ASSIGN_OR_RETURN(const ValueRange range, parse_range(field, text.substr(0, slash)));
  unsigned step = 1;
  if (slash != std::string_view::npos) {
    const auto given = parse_number(text.substr(slash + 1));
    if (!given || *given == 0 || range.single) return wrong(field, text);
    step = *given;
  }
  for (unsigned value = range.first; value <= range.last; value += step) values.set(value % N);
  return {};
}

template <std::size_t N>
Status parse_field(const FieldSpec& field, std::string_view text, std::bitset<N>& values) {
  const auto elements = split(text, ",");
  for (const std::string_view element : elements) MAGPIE_RETURN_IF_ERROR(add_element(field, element, values));
  return {};
}

template <std::size_t N>
std::optional<unsigned> first_from(const std::bitset<N>& values, unsigned from) {
  for (unsigned value = from; value < N; ++value) {
    if (values[value]) return value;
  }
  return std::nullopt;
}

}  // namespace

Result<CronSchedule> CronSchedule::parse(std::string_view expression) {
  const auto fields = split_fields(expression);
  if (fields.size() != 5) {
    return invalid_argument("", "must have five fields: minute, hour, day of month, month, day of week");
  }
  CronSchedule schedule;
  MAGPIE_RETURN_IF_ERROR(parse_field({"minute", 0, 59, {}}, fields[0], schedule.minutes_));
  MAGPIE_RETURN_IF_ERROR(parse_field({"hour", 0, 23, {}}, fields[1], schedule.hours_));
  MAGPIE_RETURN_IF_ERROR(parse_field({"day of month", 1, 31, {}}, fields[2], schedule.days_));
  MAGPIE_RETURN_IF_ERROR(parse_field({"month", 1, 12, kMonths}, fields[3], schedule.months_));
  MAGPIE_RETURN_IF_ERROR(parse_field({"day of week", 0, 7, kWeekdays}, fields[4], schedule.weekdays_));
  schedule.any_day_ = fields[2].front() == '*';
  schedule.any_weekday_ = fields[4].front() == '*';
  return schedule;
}

bool CronSchedule::fits(sys_days day) const {
  const std::chrono::year_month_day date(day);
  if (!months_[static_cast<unsigned>(date.month())]) return false;
  const bool day_fits = days_[static_cast<unsigned>(date.day())];
  const bool weekday_fits = weekdays_[std::chrono::weekday(day).c_encoding()];
  return any_day_ || any_weekday_ ? day_fits && weekday_fits : day_fits || weekday_fits;
}

std::optional<Timestamp> CronSchedule::next_after(Timestamp time) const {
  const auto first = floor<minutes>(time) + minutes(1);
  const auto first_day = floor<days>(first);
  for (sys_days day = first_day; day <= first_day + kHorizon; day += days(1)) {
    if (!fits(day)) continue;
    const auto from = day == first_day ? first - first_day : minutes(0);
    const auto from_hour = static_cast<unsigned>(floor<hours>(from).count());
    for (auto hour = first_from(hours_, from_hour); hour; hour = first_from(hours_, *hour + 1)) {
      const auto from_minute = *hour == from_hour ? static_cast<unsigned>((from % hours(1)).count()) : 0U;
      if (const auto minute = first_from(minutes_, from_minute)) return day + hours(*hour) + minutes(*minute);
    }
  }
  return std::nullopt;
}

std::optional<Timestamp> due(const CronSchedule& schedule, std::optional<Timestamp> last, Timestamp since,
                             Timestamp now) {
  std::optional<Timestamp> newest;
  auto moment = schedule.next_after(last.value_or(since));
  while (moment && *moment <= now) {
    newest = moment;
    moment = schedule.next_after(*moment);
  }
  return newest;
}

}  // namespace magpie::batch::pipeline
