#include "api/query.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace magpie::api {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
      if (low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

// Precondition: decodes without error, as Query::parse has made sure.
std::string decode_value(std::string_view text) { return decode(text, true).value_or(std::string()); }

// Splits at the first `separator`; the second part is empty where there is none.
std::pair<std::string_view, std::string_view> split(std::string_view text, char separator) {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

// The whole text as one number, or nothing.
template <typename Number>
std::optional<Number> parse_number(const std::string& text) {
  Number number{};
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (text.empty() || error != std::errc() || end != last) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) { return decode(text, false); }

Result<Query> Query::parse(std::string_view text, std::span<const Parameter> known) {
  Query query;
  while (!text.empty()) {
    const auto [pair, rest] = split(text, '&');
    text = rest;
    if (pair.empty()) continue;
    const auto [raw_name, value] = split(pair, '=');
    const auto name = decode(raw_name, true);
    if (!name) return invalid_argument(std::string(raw_name), "has bad percent-encoding in its name");
    const auto parameter =
        std::find_if(known.begin(), known.end(), [&](const Parameter& p) { return p.name == *name; });
    if (parameter == known.end()) return invalid_argument(*name, "is not a parameter of this resource");
    if (!parameter->repeatable && query.has(*name)) return invalid_argument(*name, "must be given once");
    if (!decode(value, true)) return invalid_argument(*name, "has bad percent-encoding");
    query.entries_.push_back({parameter->name, value});
  }
  return query;
}

const Query::Entry* Query::find(std::string_view name) const {
  const auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.name == name; });
  return entry == entries_.end() ? nullptr : &*entry;
}

std::string Query::text(std::string_view name) const {
  const Entry* entry = find(name);
  return entry == nullptr ? std::string() : decode_value(entry->value);
}

bool Query::has(std::string_view name) const { return find(name) != nullptr; }

Result<bool> Query::flag(std::string_view name) const {
  if (!has(name)) return false;
  const std::string value = text(name);
  if (value.empty() || value == "true") return true;
  if (value == "false") return false;
  return invalid_argument(std::string(name), "must be true or false");
}

Result<std::optional<std::size_t>> Query::count(std::string_view name) const {
  if (!has(name)) return std::optional<std::size_t>();
  const auto number = parse_number<std::size_t>(text(name));
  if (!number) return invalid_argument(std::string(name), "must be a whole number");
  return number;
}

Result<std::optional<double>> Query::number(std::string_view name) const {
  if (!has(name)) return std::optional<double>();
  const auto number = parse_number<double>(text(name));
  if (!number || !std::isfinite(*number)) return invalid_argument(std::string(name), "must be a number");
  return number;
}

std::vector<std::string> Query::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const Entry& entry : entries_) {
    if (entry.name == name) values.push_back(decode_value(entry.value));
  }
  return values;
}

std::vector<std::string> Query::list(std::string_view name) const {
  std::vector<std::string> values;
  for (const Entry& entry : entries_) {
    if (entry.name != name) continue;
    for (std::string_view rest = entry.value; !rest.empty();) {
      const auto [value, tail] = split(rest, ',');
      if (!value.empty()) values.push_back(decode_value(value));
      rest = tail;
    }
  }
  return values;
}

}  // namespace magpie::api
