#include "batch/sql_script.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "batch/sql_texts.h"

namespace magpie::batch {
namespace {

constexpr std::string_view kOpen = "${";

// In parentheses where it is negative: "--" begins a comment.
std::string literal(std::int64_t number) {
  const std::string digits = std::to_string(number);
  return number < 0 ? "(" + digits + ")" : digits;
}

std::string literal(double number) {
  char digits[40];
  std::snprintf(digits, sizeof digits, "%.16e", number);  // 17 digits: the same double when it is read.
  return number < 0 ? std::string("(") + digits + ")" : digits;
}

Result<std::string> literal_of(std::string_view name, const SqlParameters& parameters) {
  const auto found = parameters.find(name);
  if (found == parameters.end()) return internal_error("no value for the SQL parameter " + std::string(name));
  const auto* real = std::get_if<double>(&found->second);
  if (real != nullptr && !std::isfinite(*real)) return invalid_argument(std::string(name), "must be finite");
  return std::visit([](auto number) { return literal(number); }, found->second);
}

}  // namespace

Result<std::string> sql_text(std::string_view name, const SqlParameters& parameters) {
  const auto texts = sql_texts();
  const auto found = std::ranges::find(texts, name, &SqlText::name);
  if (found == texts.end()) return internal_error("there is no sql/" + std::string(name) + ".sql");
  std::string_view rest = found->text;
  std::string text;
  for (auto at = rest.find(kOpen); at != std::string_view::npos; at = rest.find(kOpen)) {
    const auto end = rest.find('}', at);
    if (end == std::string_view::npos) return internal_error("an open ${ in sql/" + std::string(name) + ".sql");
    const std::string_view parameter = rest.substr(at + kOpen.size(), end - at - kOpen.size());
    MAGPIE_ASSIGN_OR_RETURN(const std::string number, literal_of(parameter, parameters));
    text.append(rest.substr(0, at)).append(number);
    rest.remove_prefix(end + 1);
  }
  return text.append(rest);
}

Result<AnalyticsQuery> sql_query(std::string_view folder, std::string_view name,
                                 std::span<const std::string_view> views, std::vector<AnalyticsTable> tables,
                                 const SqlParameters& parameters) {
  const std::string prefix = std::string(folder) + "/";
  AnalyticsQuery query;
  query.tables = std::move(tables);
  for (const std::string_view view : views) {
    MAGPIE_ASSIGN_OR_RETURN(std::string text, sql_text(prefix + std::string(view), parameters));
    query.views.push_back({std::string(view), std::move(text)});
  }
  MAGPIE_ASSIGN_OR_RETURN(query.sql, sql_text(prefix + std::string(name), parameters));
  return query;
}

}  // namespace magpie::batch
