// Syntax: the tree of an expression as it was written, names and types not looked at yet (docs/expressions.md has the
// grammar).
//
// Flat: a node names its children by their positions in `nodes`, and children come before their parent. So a tree is
// copied and dropped without recursion, and its size is its length.
// Thread-safety: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace magpie::expression {

// What an expression may be at most, so that one from outside is cheap to refuse and to run.
struct Limits {
  std::size_t length = 4096;  // bytes
  std::size_t nodes = 512;    // Operators and operands; an element of a list is none.
  std::size_t elements = 256;  // Of one list.
};
inline constexpr std::size_t kMaxNesting = 32;  // Parentheses, `not`, `-` and `else` within each other.

enum class Operator : std::uint8_t {
  kNumber,    // 12.5
  kDuration,  // 7d; `number` holds milliseconds.
  kText,      // "drama"
  kBoolean,   // true, false; `number` is 1 or 0.
  kName,      // price
  kNegate,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kEqual,
  kNotEqual,
  kIn,         // left in right
  kInList,     // left in [texts]
  kAnyInList,  // any left in [texts]
  kIsKnown,
  kIsMissing,
  kNot,
  kAnd,
  kOr,
  kChoice,  // left if right else third
};

inline constexpr std::uint32_t kNoNode = ~std::uint32_t{0};

struct Node {
  Operator op = Operator::kNumber;
  std::uint32_t position = 0;  // Byte of the text at which a fault of this node is shown.
  std::uint32_t left = kNoNode;
  std::uint32_t right = kNoNode;
  std::uint32_t third = kNoNode;
  double number = 0;
  std::string text;                   // Of a text, unescaped; of a name.
  std::vector<std::string> elements;  // Of a list.
};

struct Syntax {
  std::vector<Node> nodes;
  [[nodiscard]] const Node& root() const { return nodes.back(); }
};

// kInvalidArgument says what was expected where (see fault()).
[[nodiscard]] Result<Syntax> parse(std::string_view text, const Limits& limits = {});

// "line 1, column 14: expected a value\n  price < 20 and\n                ^": the line of the text, a caret under the
// byte `position`. The field is empty: the caller knows what the expression is for.
[[nodiscard]] Error fault(std::string_view text, std::size_t position, std::string_view what);

}  // namespace magpie::expression
