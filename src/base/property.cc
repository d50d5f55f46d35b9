#include "base/property.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <type_traits>

namespace magpie {
namespace {

template <typename T>
constexpr PropertyType type_of() {
  if constexpr (std::is_same_v<T, bool>) return PropertyType::kBool;
  else if constexpr (std::is_same_v<T, std::int64_t>) return PropertyType::kInteger;
  else if constexpr (std::is_same_v<T, double>) return PropertyType::kReal;
  else if constexpr (std::is_same_v<T, std::string>) return PropertyType::kString;
  else if constexpr (std::is_same_v<T, Duration>) return PropertyType::kDuration;
  else return PropertyType::kRealMap;
}

template <typename T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string to_text(bool value) { return value ? "true" : "false"; }
std::string to_text(std::int64_t value) { return std::to_string(value); }
std::string to_text(const std::string& value) { return value; }
std::string to_text(Duration value) { return format_duration(value); }
std::string to_text(double value) {
  std::array<char, 32> text{};  // Enough for the shortest form of every double.
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end};
}
std::string to_text(const RealMap& values) {
  std::string text;
  for (const auto& [key, value] : values) {
    text.append(text.empty() ? "" : ",").append(key).append("=").append(to_text(value));
  }
  return text;
}

Status parse_value(std::string_view text, bool& value) {
  if (text != "true" && text != "false") return invalid_argument("", "must be true or false");
  value = text == "true";
  return {};
}

Status parse_value(std::string_view text, std::int64_t& value) {
  const auto number = parse_number<std::int64_t>(text);
  if (!number) return invalid_argument("", "must be a whole number");
  value = *number;
  return {};
}

Status parse_value(std::string_view text, double& value) {
  const auto number = parse_number<double>(text);
  if (!number || !std::isfinite(*number)) return invalid_argument("", "must be a number");
  value = *number;
  return {};
}

Status parse_value(std::string_view text, std::string& value) {
  value = text;
  return {};
}

Status parse_value(std::string_view text, Duration& value) {
  MAGPIE_ASSIGN_OR_RETURN(value, parse_duration(text));
  return {};
}

Status parse_value(std::string_view text, RealMap& values) {
  while (!text.empty()) {
    const std::string_view entry = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), entry.size() + 1));
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) return invalid_argument("", "must be name=number,...");
    MAGPIE_RETURN_IF_ERROR(parse_value(entry.substr(equals + 1), values[std::string(entry.substr(0, equals))]));
  }
  return {};
}

template <typename T>
std::string bounds_text(const PropertyBounds<T>& bounds) {
  if (bounds.minimum && bounds.maximum) return to_text(*bounds.minimum) + " to " + to_text(*bounds.maximum);
  if (bounds.minimum) return "at least " + to_text(*bounds.minimum);
  if (bounds.maximum) return "at most " + to_text(*bounds.maximum);
  return {};
}

struct DurationUnit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<DurationUnit, 5> kDurationUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

// A part such as "90d", taken from the front of `text`. Milliseconds.
std::optional<std::int64_t> take_duration_part(std::string_view& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_number<std::int64_t>(text.substr(0, digits));
  text.remove_prefix(digits);
  const std::size_t letters = std::min(text.find_first_of("0123456789"), text.size());
  for (const auto& [name, milliseconds] : kDurationUnits) {
    if (text.substr(0, letters) != name) continue;
    text.remove_prefix(letters);
    // A thousandth of the range: parts may be added up without overflow.
    if (!number || *number > std::numeric_limits<std::int64_t>::max() / 1000 / milliseconds) return std::nullopt;
    return *number * milliseconds;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(PropertySource source) {
  switch (source) {
    case PropertySource::kDefault: return "default";
    case PropertySource::kFile: return "file";
    case PropertySource::kEnvironment: return "environment";
    case PropertySource::kFlag: return "flag";
  }
  return "unknown";
}

std::string_view to_string(PropertyType type) {
  switch (type) {
    case PropertyType::kBool: return "bool";
    case PropertyType::kInteger: return "integer";
    case PropertyType::kReal: return "real";
    case PropertyType::kString: return "string";
    case PropertyType::kDuration: return "duration";
    case PropertyType::kChoice: return "choice";
    case PropertyType::kRealMap: return "table of reals";
  }
  return "unknown";
}

Result<Duration> parse_duration(std::string_view text) {
  const Error malformed = invalid_argument("", "must be a duration such as 250ms, 10s, 5m, 24h, 90d or 1h30m");
  if (text.empty() || text.size() > 64) return malformed;
  std::int64_t total = 0;
  while (!text.empty()) {
    const auto part = take_duration_part(text);
    if (!part) return malformed;
    total += *part;
  }
  return Duration(total);
}

std::string format_duration(Duration duration) {
  std::int64_t rest = duration.count();
  std::string text;
  for (const auto& [name, milliseconds] : kDurationUnits) {
    const std::int64_t count = rest / milliseconds;
    if (count != 0) text.append(std::to_string(count)).append(name);
    rest %= milliseconds;
  }
  return text.empty() ? "0s" : text;
}

PropertyBase::PropertyBase(Properties& registry, PropertyInfo info, PropertyType type)
    : info_(std::move(info)), type_(type) {
  registry.properties_.push_back(this);
}

std::string PropertyBase::environment_name() const {
  std::string name = "MAGPIE_" + info_.name;
  for (char& symbol : name) {
    if (symbol == '.') symbol = '_';
    if (symbol >= 'a' && symbol <= 'z') symbol = static_cast<char>(symbol - 'a' + 'A');
  }
  return name;
}

std::string PropertyBase::value_text() const {
  std::string text = current_text();
  return info_.secret == Secret::kYes && !text.empty() ? "(secret)" : text;
}

Status PropertyBase::set(std::string_view text, PropertySource source) {
  const Status status = parse(text);
  if (status.ok()) {
    source_ = source;
    return {};
  }
  const std::string shown = info_.secret == Secret::kYes ? "the value" : "\"" + std::string(text) + "\"";
  return invalid_argument(info_.name, shown + " " + status.error().message());
}

template <typename T>
Property<T>::Property(Properties& registry, PropertyInfo info, T default_value, PropertyBounds<T> bounds)
    : PropertyBase(registry, std::move(info), type_of<T>()),
      default_(default_value),
      value_(std::move(default_value)),
      bounds_(std::move(bounds)) {}

template <typename T>
std::string Property<T>::bounds() const {
  return bounds_text(bounds_);
}

template <typename T>
std::string Property<T>::default_text() const {
  return to_text(default_);
}

template <typename T>
std::string Property<T>::current_text() const {
  return to_text(value_);
}

template <typename T>
Status Property<T>::parse(std::string_view text) {
  T value = value_;  // A map keeps the entries that the text does not mention.
  MAGPIE_RETURN_IF_ERROR(parse_value(text, value));
  const bool too_small = bounds_.minimum && value < *bounds_.minimum;
  const bool too_big = bounds_.maximum && value > *bounds_.maximum;
  if (too_small || too_big) return invalid_argument("", "is out of bounds: " + bounds());
  value_ = std::move(value);
  return {};
}

template class Property<bool>;
template class Property<std::int64_t>;
template class Property<double>;
template class Property<std::string>;
template class Property<Duration>;
template class Property<RealMap>;

}  // namespace magpie
