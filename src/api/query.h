// Query: the parameters of a request target, and percent-decoding (RFC 3986; in a query `+` is a space, as forms send
// it).
//
// Thread-safety: plain values. Views point into the request target, which must outlive the query.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace magpie::api {

// nullopt where a `%` is not followed by two hex digits.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

// What a route takes.
struct Parameter {
  std::string_view name;
  bool repeatable = false;
};

class Query {
 public:
  Query() = default;
  // `text`: what follows the `?`. Fails on a parameter that is not known, on one given twice that is not repeatable,
  // and on bad percent-encoding; the error names the parameter.
  [[nodiscard]] static Result<Query> parse(std::string_view text, std::span<const Parameter> known);

  // Empty where it is absent.
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  // true, false, or absent; without a value (`?explain`) it is true.
  [[nodiscard]] Result<bool> flag(std::string_view name) const;
  // A decimal number without sign.
  [[nodiscard]] Result<std::optional<std::size_t>> count(std::string_view name) const;
  // A finite decimal number.
  [[nodiscard]] Result<std::optional<double>> number(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  // As all(), with each value split at its commas; a comma that is percent-encoded does not split.
  [[nodiscard]] std::vector<std::string> list(std::string_view name) const;

 private:
  struct Entry {
    std::string_view name;   // Of `known`.
    std::string_view value;  // As sent; decodes without error.
  };
  [[nodiscard]] const Entry* find(std::string_view name) const;

  std::vector<Entry> entries_;
};

}  // namespace magpie::api
