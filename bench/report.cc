#include "report.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace magpie::bench {

void print(const Figure& figure) {
  using nlohmann::ordered_json;
  const bool higher = figure.better == Better::kHigher;
  ordered_json line{{"figure", figure.name}, {"value", figure.value}, {"unit", figure.unit}};
  line["better"] = higher ? "higher" : "lower";
  line["bar"] = figure.bar ? ordered_json(*figure.bar) : ordered_json();
  line["ok"] =
      figure.bar ? ordered_json(higher ? figure.value >= *figure.bar : figure.value <= *figure.bar) : ordered_json();
  line["peer"] = figure.peer.empty() ? ordered_json() : ordered_json(figure.peer);
  line["peer_value"] = figure.peer_value ? ordered_json(*figure.peer_value) : ordered_json();
  line["ratio"] = ordered_json();
  if (figure.peer_value && *figure.peer_value > 0 && figure.value > 0) {
    line["ratio"] = higher ? figure.value / *figure.peer_value : *figure.peer_value / figure.value;
  }
  line["command"] = figure.command;
  std::printf("%s\n", line.dump().c_str());
  std::fflush(stdout);
}

}  // namespace magpie::bench
