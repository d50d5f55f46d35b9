#include "batch/evaluation/svg.h"

#include <cstdio>
#include <utility>

namespace magpie::batch {
namespace {

constexpr int kPixelDecimals = 1;

std::string attribute(std::string_view name, double value) {
  return " " + std::string(name) + "=\"" + format_number(value, kPixelDecimals) + "\"";
}

std::string class_of(std::string_view css_class) { return " class=\"" + std::string(css_class) + "\""; }

std::string closed(std::string_view element, std::string_view tip) {
  if (tip.empty()) return "/>";
  return "><title>" + escape_markup(tip) + "</title></" + std::string(element) + ">";
}

std::string_view name_of(Anchor anchor) {
  return anchor == Anchor::kStart ? "start" : anchor == Anchor::kMiddle ? "middle" : "end";
}

}  // namespace

std::string escape_markup(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string format_number(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  const std::string number = text;
  // What rounds to zero has no sign.
  const bool is_zero = number.find_first_not_of("-0.") == std::string::npos;
  return is_zero && number.starts_with('-') ? number.substr(1) : number;
}

Svg::Svg(double width, double height, std::string_view title)
    : out_("<svg role=\"img\" viewBox=\"0 0 " + format_number(width, 0) + " " + format_number(height, 0) +
           "\"><title>" + escape_markup(title) + "</title>\n") {}

void Svg::line(Point from, Point to, std::string_view css_class) {
  out_ += "<line" + class_of(css_class) + attribute("x1", from.x) + attribute("y1", from.y) + attribute("x2", to.x) +
          attribute("y2", to.y) + "/>\n";
}

void Svg::rectangle(Point corner, double width, double height, std::string_view css_class, std::string_view tip) {
  out_ += "<rect" + class_of(css_class) + attribute("x", corner.x) + attribute("y", corner.y) +
          attribute("width", width) + attribute("height", height) + closed("rect", tip) + "\n";
}

void Svg::circle(Point centre, double radius, std::string_view css_class, std::string_view tip) {
  out_ += "<circle" + class_of(css_class) + attribute("cx", centre.x) + attribute("cy", centre.y) +
          attribute("r", radius) + closed("circle", tip) + "\n";
}

void Svg::path(std::span<const Point> points, std::string_view css_class) {
  out_ += "<polyline" + class_of(css_class) + " points=\"";
  for (const Point& point : points) {
    out_ += format_number(point.x, kPixelDecimals) + "," + format_number(point.y, kPixelDecimals) + " ";
  }
  out_ += "\"/>\n";
}

void Svg::text(Point at, std::string_view content, std::string_view css_class, Anchor anchor) {
  out_ += "<text" + class_of(css_class) + attribute("x", at.x) + attribute("y", at.y) + " text-anchor=\"" +
          std::string(name_of(anchor)) + "\">" + escape_markup(content) + "</text>\n";
}

void Svg::turned_text(Point at, std::string_view content, std::string_view css_class) {
  out_ += "<text" + class_of(css_class) + " text-anchor=\"middle\" transform=\"translate(" +
          format_number(at.x, kPixelDecimals) + " " + format_number(at.y, kPixelDecimals) + ") rotate(-90)\">" +
          escape_markup(content) + "</text>\n";
}

std::string Svg::finish() && { return std::move(out_) + "</svg>\n"; }

}  // namespace magpie::batch
