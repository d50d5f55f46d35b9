#include "batch/evaluation/plots.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace magpie::batch {
namespace {

constexpr double kWidth = 520;
constexpr double kHeight = 340;
constexpr double kLeft = 56;
constexpr double kRight = 110;  // Room for the labels of curves.
constexpr double kTop = 14;
constexpr double kBottom = 46;
constexpr double kLineHeight = 14;
constexpr double kDotRadius = 6;
constexpr std::size_t kTicks = 5;  // About as many.

struct Axis {
  double low = 0;
  double high = 1;
  double from = 0;  // Pixels of low and high.
  double to = 1;
  bool logarithmic = false;

  [[nodiscard]] double at(double value) const {
    const auto scaled = [this](double v) { return logarithmic ? std::log(v) : v; };
    const double span = scaled(high) - scaled(low);
    return from + (span == 0 ? 0 : (scaled(value) - scaled(low)) / span) * (to - from);
  }
};

// 1, 2 or 5 times a power of ten, so that about kTicks steps span the range.
double tick_step(double range) {
  if (range <= 0) return 1;
  const double rough = range / static_cast<double>(kTicks);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) return factor * power;
  }
  return 10 * power;
}

int decimals_of(double step) { return step >= 1 ? 0 : static_cast<int>(std::ceil(-std::log10(step) - 1e-9)); }

std::vector<double> ticks(double low, double high) {
  const double step = tick_step(high - low);
  std::vector<double> result;
  for (double at = std::ceil(low / step - 1e-9) * step; at <= high + step * 1e-6; at += step) result.push_back(at);
  return result;
}

// A little more than the range, ending at ticks.
Axis axis_over(double low, double high, double from, double to) {
  if (high <= low) high = low + 1;
  const double step = tick_step(high - low);
  return {.low = std::floor(low / step + 1e-9) * step,
          .high = std::ceil(high / step - 1e-9) * step,
          .from = from,
          .to = to};
}

void draw_x_axis(Svg& svg, const Axis& axis, std::span<const double> at, double top, double bottom, int decimals) {
  for (const double tick : at) {
    svg.line({axis.at(tick), top}, {axis.at(tick), bottom}, "grid");
    svg.text({axis.at(tick), bottom + kLineHeight}, format_number(tick, decimals), "tick", Anchor::kMiddle);
  }
}

void draw_y_axis(Svg& svg, const Axis& axis, double left, double right) {
  const std::vector<double> at = ticks(axis.low, axis.high);
  const int decimals = decimals_of(tick_step(axis.high - axis.low));
  for (const double tick : at) {
    svg.line({left, axis.at(tick)}, {right, axis.at(tick)}, "grid");
    svg.text({left - 6, axis.at(tick) + 4}, format_number(tick, decimals), "tick", Anchor::kEnd);
  }
}

std::string with_interval(const Estimate& estimate) {
  return format_number(estimate.value, 4) + " (" + format_number(estimate.interval.low, 4) + " to " +
         format_number(estimate.interval.high, 4) + ")";
}

void draw_bar(Svg& svg, const Bar& bar, const Axis& axis, double top, double height) {
  const double middle = top + height / 2;
  svg.text({axis.from - 8, middle + 4}, bar.label, "label " + bar.css_class, Anchor::kEnd);
  svg.rectangle({axis.from, top}, axis.at(bar.estimate.value) - axis.from, height, "bar " + bar.css_class,
                bar.label + ": " + with_interval(bar.estimate));
  const double low = axis.at(bar.estimate.interval.low);
  const double high = axis.at(bar.estimate.interval.high);
  svg.line({low, middle}, {high, middle}, "whisker");
  for (const double end : {low, high}) svg.line({end, middle - 3}, {end, middle + 3}, "whisker");
  svg.text({axis.to + 10, middle + 4}, format_number(bar.estimate.value, 3), "value " + bar.css_class);
}

// Moves labels apart, keeping their order: each at least a line below the one before.
std::vector<double> spread(const std::vector<double>& wanted, double bottom) {
  std::vector<std::size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&wanted](std::size_t a, std::size_t b) { return wanted[a] != wanted[b] ? wanted[a] < wanted[b] : a < b; });
  std::vector<double> placed(wanted.size());
  double next = 0;
  for (const std::size_t i : order) {
    placed[i] = std::max(wanted[i], next);
    next = placed[i] + kLineHeight;
  }
  double limit = bottom;
  for (auto i = order.rbegin(); i != order.rend(); ++i) {
    placed[*i] = std::min(placed[*i], limit);
    limit = placed[*i] - kLineHeight;
  }
  return placed;
}

// Where a label of a scatter plot covers the picture; `corner` is the top left.
struct Box {
  Point corner;
  double width = 0;
  double height = 0;

  [[nodiscard]] bool overlaps(const Box& other) const {
    return corner.x < other.corner.x + other.width && other.corner.x < corner.x + width &&
           corner.y < other.corner.y + other.height && other.corner.y < corner.y + height;
  }
};

Box dot_box(Point centre) { return {{centre.x - kDotRadius, centre.y - kDotRadius}, 2 * kDotRadius, 2 * kDotRadius}; }

// Beside, above or below the dot: the first place that covers nothing of what is there, or else beside it.
Box label_box(Point dot, std::string_view label, std::span<const Box> taken) {
  constexpr double kLetter = 6.6;
  constexpr double kGap = 3;
  const double width = kLetter * static_cast<double>(label.size());
  const double away = kDotRadius + kGap;
  const double middle = dot.y - kLineHeight / 2;
  const std::array<Point, 6> corners = {{{dot.x + away, middle},
                                         {dot.x - away - width, middle},
                                         {dot.x - width / 2, dot.y - away - kLineHeight},
                                         {dot.x - width / 2, dot.y + away},
                                         {dot.x + away, middle - kLineHeight},
                                         {dot.x + away, middle + kLineHeight}}};
  for (const Point& corner : corners) {
    const Box box{corner, width, kLineHeight};
    const auto hides = [&box](const Box& other) { return box.overlaps(other); };
    if (std::none_of(taken.begin(), taken.end(), hides)) return box;
  }
  return {corners.front(), width, kLineHeight};
}

double highest_of(std::span<const Curve> curves) {
  double highest = 0;
  for (const Curve& curve : curves) {
    for (const double value : curve.values) highest = std::max(highest, value);
  }
  return highest;
}

}  // namespace

std::string bar_plot(std::string_view title, std::span<const Bar> bars, std::optional<double> reference) {
  constexpr double kBar = 16;
  constexpr double kGap = 10;
  constexpr double kLabels = 104;
  double highest = reference.value_or(0);
  for (const Bar& bar : bars) highest = std::max(highest, bar.estimate.interval.high);
  const Axis axis = axis_over(0, highest, kLabels, kWidth - 52);
  const double bottom = kTop + static_cast<double>(bars.size()) * (kBar + kGap);
  Svg svg(kWidth, bottom + kLineHeight + 10, title);
  const std::vector<double> at = ticks(axis.low, axis.high);
  draw_x_axis(svg, axis, at, kTop - 6, bottom, decimals_of(tick_step(axis.high - axis.low)));
  for (std::size_t i = 0; i < bars.size(); ++i) {
    draw_bar(svg, bars[i], axis, kTop + static_cast<double>(i) * (kBar + kGap), kBar);
  }
  if (reference) svg.line({axis.at(*reference), kTop - 6}, {axis.at(*reference), bottom}, "reference");
  return std::move(svg).finish();
}

std::string curve_plot(std::string_view title, std::string_view x_label, std::span<const double> xs,
                       std::span<const Curve> curves) {
  const Axis x{.low = xs.front(), .high = xs.back(), .from = kLeft, .to = kWidth - kRight, .logarithmic = true};
  const Axis y = axis_over(0, highest_of(curves), kHeight - kBottom, kTop);
  Svg svg(kWidth, kHeight, title);
  draw_x_axis(svg, x, xs, kTop, kHeight - kBottom, 0);
  draw_y_axis(svg, y, kLeft, kWidth - kRight);
  svg.text({(x.from + x.to) / 2, kHeight - 10}, x_label, "axis", Anchor::kMiddle);
  std::vector<double> ends;
  for (const Curve& curve : curves) ends.push_back(y.at(curve.values.back()) + 4);
  const std::vector<double> labels = spread(ends, kHeight - kBottom + 4);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    std::vector<Point> points;
    for (std::size_t n = 0; n < xs.size(); ++n) points.push_back({x.at(xs[n]), y.at(curves[i].values[n])});
    svg.path(points, "curve " + curves[i].css_class);
    svg.text({x.to + 8, labels[i]}, curves[i].label, "label " + curves[i].css_class);
  }
  return std::move(svg).finish();
}

std::string reliability_plot(std::string_view title, std::span<const ReliabilityBin> bins) {
  double highest = 0;
  double total = 0;
  for (const ReliabilityBin& bin : bins) {
    highest = std::max({highest, bin.predicted, bin.observed});
    total += static_cast<double>(bin.count);
  }
  constexpr double kSide = kHeight - kTop - kBottom;  // A square: the diagonal is at 45 degrees.
  constexpr double kStart = (kWidth - kSide) / 2;
  const Axis x = axis_over(0, highest, kStart, kStart + kSide);
  const Axis y{.low = x.low, .high = x.high, .from = kTop + kSide, .to = kTop};
  Svg svg(kWidth, kHeight, title);
  const std::vector<double> at = ticks(x.low, x.high);
  draw_x_axis(svg, x, at, kTop, kTop + kSide, decimals_of(tick_step(x.high - x.low)));
  draw_y_axis(svg, y, kStart, kStart + kSide);
  svg.line({x.at(x.low), y.at(y.low)}, {x.at(x.high), y.at(y.high)}, "reference");
  std::vector<Point> points;
  for (const ReliabilityBin& bin : bins) points.push_back({x.at(bin.predicted), y.at(bin.observed)});
  svg.path(points, "curve engine");
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const double share = static_cast<double>(bins[i].count) / total;
    svg.circle(points[i], 3 + 12 * std::sqrt(share) * 0.5, "dot engine",
               "predicted " + format_number(bins[i].predicted, 4) + ", observed " + format_number(bins[i].observed, 4) +
                   ", of " + std::to_string(bins[i].count));
  }
  svg.text({kStart + kSide / 2, kHeight - 10}, "predicted", "axis", Anchor::kMiddle);
  svg.turned_text({kStart - 42, kTop + kSide / 2}, "observed", "axis");
  return std::move(svg).finish();
}

std::string scatter_plot(std::string_view title, std::string_view x_label, std::string_view y_label,
                         std::span<const Dot> dots) {
  if (dots.empty()) return {};
  const auto by_x = [](const Dot& a, const Dot& b) { return a.at.x < b.at.x; };
  const auto by_y = [](const Dot& a, const Dot& b) { return a.at.y < b.at.y; };
  const auto [left, right] = std::minmax_element(dots.begin(), dots.end(), by_x);
  const auto [low, high] = std::minmax_element(dots.begin(), dots.end(), by_y);
  const Axis x = axis_over(left->at.x, right->at.x, kLeft, kWidth - kRight);
  const Axis y = axis_over(low->at.y, high->at.y, kHeight - kBottom, kTop);
  Svg svg(kWidth, kHeight, title);
  draw_x_axis(svg, x, ticks(x.low, x.high), kTop, kHeight - kBottom, decimals_of(tick_step(x.high - x.low)));
  draw_y_axis(svg, y, kLeft, kWidth - kRight);
  svg.text({(x.from + x.to) / 2, kHeight - 10}, x_label, "axis", Anchor::kMiddle);
  svg.turned_text({14, (y.from + y.to) / 2}, y_label, "axis");
  std::vector<Box> taken;
  for (const Dot& dot : dots) taken.push_back(dot_box({x.at(dot.at.x), y.at(dot.at.y)}));
  for (const Dot& dot : dots) {
    const Point centre{x.at(dot.at.x), y.at(dot.at.y)};
    svg.circle(centre, kDotRadius, "dot " + dot.css_class,
               dot.label + ": " + format_number(dot.at.x, 3) + ", " + format_number(dot.at.y, 3));
    taken.push_back(label_box(centre, dot.label, taken));
    const Box& box = taken.back();
    svg.text({box.corner.x, box.corner.y + kLineHeight - 3}, dot.label, "label " + dot.css_class);
  }
  return std::move(svg).finish();
}

}  // namespace magpie::batch
