#include "batch/import_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>

namespace magpie::batch {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Reads exactly `digits` digits off the front.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

// ".123456": the milliseconds in it; any further digits are dropped.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return 0;
  std::int64_t ms = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
    if (digits < 3) ms = ms * 10 + (text[digits] - '0');
  }
  if (digits == 0) return std::nullopt;
  for (std::size_t i = digits; i < 3; ++i) ms *= 10;
  text.remove_prefix(digits);
  return ms;
}

std::optional<std::int64_t> take_hours_and_minutes(std::string_view& text, int max_hours) {
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > max_hours) return std::nullopt;
  static_cast<void>(take(text, ':'));
  const auto minutes = take_digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return *hours * 60 + *minutes;
}

// Milliseconds of the day.
std::optional<std::int64_t> take_time(std::string_view& text) {
  const auto minutes = take_hours_and_minutes(text, 23);
  if (!minutes) return std::nullopt;
  if (!take(text, ':')) return *minutes * 60'000;
  const auto seconds = take_digits(text, 2);
  const auto fraction = seconds ? take_fraction(text) : std::nullopt;
  if (!fraction || *seconds > 60) return std::nullopt;  // 60: a leap second.
  return *minutes * 60'000 + *seconds * 1000 + *fraction;
}

// Minutes east of Greenwich.
std::optional<std::int64_t> take_zone(std::string_view& text) {
  if (text.empty() || take(text, 'Z') || take(text, 'z')) return 0;
  const bool west = text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto minutes = take_hours_and_minutes(text, 14);
  if (!minutes) return std::nullopt;
  return west ? -*minutes : *minutes;
}

std::optional<std::int64_t> parse_iso8601(std::string_view text) {
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  const std::int64_t midnight = std::chrono::milliseconds(date->time_since_epoch()).count();
  if (text.empty()) return midnight;
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  const auto time = take_time(text);
  const auto zone = time ? take_zone(text) : std::nullopt;
  if (!zone || !text.empty()) return std::nullopt;
  return midnight + *time - *zone * 60'000;
}

double milliseconds_of(double value, TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kSeconds: return value * 1000;
    case TimeUnit::kMicroseconds: return value / 1000;
    default: return value;
  }
}

TimeUnit unit_by_size(double value) {
  const double size = std::abs(value);
  if (size < 1e11) return TimeUnit::kSeconds;
  return size < 1e14 ? TimeUnit::kMilliseconds : TimeUnit::kMicroseconds;
}

}  // namespace

std::optional<TimeUnit> parse_time_unit(std::string_view name) {
  if (name == "auto") return TimeUnit::kAuto;
  if (name == "s") return TimeUnit::kSeconds;
  if (name == "ms") return TimeUnit::kMilliseconds;
  if (name == "us") return TimeUnit::kMicroseconds;
  if (name == "iso") return TimeUnit::kIso8601;
  return std::nullopt;
}

std::optional<std::int64_t> parse_timestamp(std::string_view text, TimeUnit unit) {
  text = trimmed(text);
  if (unit == TimeUnit::kIso8601) return parse_iso8601(text);
  const auto number = parse_number(text);
  if (!number) return unit == TimeUnit::kAuto ? parse_iso8601(text) : std::nullopt;
  const double ms = milliseconds_of(*number, unit == TimeUnit::kAuto ? unit_by_size(*number) : unit);
  constexpr double kYear9999 = 253'402'300'800'000;
  if (std::abs(ms) >= kYear9999) return std::nullopt;
  return static_cast<std::int64_t>(std::floor(ms));
}

std::optional<double> parse_number(std::string_view text) {
  text = trimmed(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<bool> parse_flag(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, bool>, 6> kWords{
      {{"true", true}, {"1", true}, {"yes", true}, {"false", false}, {"0", false}, {"no", false}}};
  std::string lower(trimmed(text));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  for (const auto& [word, flag] : kWords) {
    if (lower == word) return flag;
  }
  return std::nullopt;
}

std::vector<std::string> split_list(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = separator.empty() ? std::string_view::npos : text.find(separator);
    const std::string_view part = trimmed(text.substr(0, end));
    if (!part.empty()) parts.emplace_back(part);
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + separator.size());
  }
}

}  // namespace magpie::batch
