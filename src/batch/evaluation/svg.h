// Svg: a picture as text, to stand inside an HTML page. Colours and fonts come from the page's style sheet, by class.
// Thread-safety: plain values.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace magpie::batch {

// With &, <, >, " and ' replaced: safe as text and as an attribute.
[[nodiscard]] std::string escape_markup(std::string_view text);
// "0.1234": a fixed number of decimals.
[[nodiscard]] std::string format_number(double value, int decimals);

struct Point {
  double x = 0;
  double y = 0;
};

enum class Anchor { kStart, kMiddle, kEnd };

// Coordinates are pixels from the top left.
class Svg {
 public:
  // `title` is what a screen reader says.
  Svg(double width, double height, std::string_view title);

  void line(Point from, Point to, std::string_view css_class);
  void rectangle(Point corner, double width, double height, std::string_view css_class, std::string_view tip = {});
  // `tip` is shown when the pointer rests on it.
  void circle(Point centre, double radius, std::string_view css_class, std::string_view tip = {});
  void path(std::span<const Point> points, std::string_view css_class);
  void text(Point at, std::string_view content, std::string_view css_class, Anchor anchor = Anchor::kStart);
  // Read from below.
  void turned_text(Point at, std::string_view content, std::string_view css_class);

  [[nodiscard]] std::string finish() &&;

 private:
  std::string out_;
};

}  // namespace magpie::batch
