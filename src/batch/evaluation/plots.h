// The plots of the evaluation report, as SVG. One thing is emphasised (the engine), one is the reference (the
// baseline), the rest stands back. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "batch/evaluation/svg.h"
#include "kernels/bootstrap.h"
#include "kernels/calibration.h"

namespace magpie::batch {

// Classes of the style sheet: "engine", "baseline", "other".
struct Bar {
  std::string label;
  std::string css_class;
  Estimate estimate;
};
// Horizontal bars with their intervals; `reference`, where there is one, is a line through all.
[[nodiscard]] std::string bar_plot(std::string_view title, std::span<const Bar> bars, std::optional<double> reference);

struct Curve {
  std::string label;
  std::string css_class;
  std::vector<double> values;  // Parallel to the plot's xs.
};
// Lines over xs, which ascend and are > 0, on a logarithmic axis; each line has its label at its end.
[[nodiscard]] std::string curve_plot(std::string_view title, std::string_view x_label, std::span<const double> xs,
                                     std::span<const Curve> curves);

// Predicted against observed, both axes alike; the diagonal is perfect. The area of a dot is its share of outcomes.
[[nodiscard]] std::string reliability_plot(std::string_view title, std::span<const ReliabilityBin> bins);

struct Dot {
  std::string label;
  std::string css_class;
  Point at;
};
[[nodiscard]] std::string scatter_plot(std::string_view title, std::string_view x_label, std::string_view y_label,
                                       std::span<const Dot> dots);

}  // namespace magpie::batch
