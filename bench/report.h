// Report: one JSON line a figure, as bench.sh prints them.
#pragma once

#include <optional>
#include <string>

namespace magpie::bench {

enum class Better { kHigher, kLower };

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  Better better = Better::kHigher;
  std::optional<double> bar = std::nullopt;  // What the project promises; absent: for information.
  std::string peer = {};      // Who else was measured, and where; empty: nobody.
  std::optional<double> peer_value = std::nullopt;
  std::string command = {};
};

// {"figure", "value", "unit", "better", "bar", "ok", "peer", "peer_value", "ratio", "command"}; what is absent is null.
// ratio is how many times better than the peer.
void print(const Figure& figure);

}  // namespace magpie::bench
