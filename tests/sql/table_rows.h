// A table as maps, to compare with what an oracle says.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "ports/analytics.h"

namespace magpie::batch {

// The numbers of a row by column; NULL is absent.
using NumberRow = std::map<std::string, double>;
// By key: the texts of the row, joined by "/".
using NumberTable = std::map<std::string, NumberRow>;

// `keys` are columns of text; each row must have a key of its own.
[[nodiscard]] inline NumberTable read_numbers(Analytics& analytics, const std::filesystem::path& location,
                                              const std::vector<std::string>& keys) {
  NumberTable table;
  const AnalyticsQuery all{{{"t", location}}, {}, "SELECT * FROM t"};
  const Status status = analytics.visit(all, [&](const AnalyticsRows& rows) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      std::string key;
      for (const std::string& name : keys) {
        key.append(key.empty() ? "" : "/").append(rows.get<TextColumn>(name)[row].value_or("(null)"));
      }
      EXPECT_FALSE(table.contains(key)) << key;
      NumberRow& numbers = table[key];
      for (const AnalyticsColumn& column : rows.columns) {
        if (const auto* integers = std::get_if<IntegerColumn>(&column.values)) {
          if ((*integers)[row]) numbers[column.name] = static_cast<double>(*(*integers)[row]);
        } else if (const auto* reals = std::get_if<RealColumn>(&column.values)) {
          if ((*reals)[row]) numbers[column.name] = *(*reals)[row];
        }
      }
    }
    return ok_status();
  });
  EXPECT_TRUE(status.ok()) << status.to_string();
  return table;
}

// Same keys and columns, and numbers that differ by no more than rounding.
inline void expect_same(const NumberTable& found, const NumberTable& expected) {
  for (const auto& [key, row] : expected) {
    const auto same = found.find(key);
    ASSERT_NE(same, found.end()) << key << " is missing";
    for (const auto& [column, number] : row) {
      ASSERT_TRUE(same->second.contains(column)) << key << ": " << column << " is NULL, not " << number;
      EXPECT_NEAR(same->second.at(column), number, 1e-12 * std::abs(number)) << key << ": " << column;
    }
    for (const auto& [column, number] : same->second) {
      EXPECT_TRUE(row.contains(column)) << key << ": " << column << " is " << number << ", not NULL";
    }
  }
  EXPECT_EQ(found.size(), expected.size());
}

}  // namespace magpie::batch
