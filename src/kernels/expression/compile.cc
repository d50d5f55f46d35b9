// From syntax to program: names become attributes, types are checked, date literals become times.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "kernels/expression/program.h"

namespace magpie::expression {
namespace {

bool is_measure(Type type) { return type == Type::kNumber || type == Type::kDuration || type == Type::kTime; }
bool is_arithmetic(Type type) { return type == Type::kNumber || type == Type::kDuration; }

std::optional<unsigned> digits(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// "2026-03-31": its first moment, UTC, in Unix milliseconds.
std::optional<double> date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5, 2));
  const auto day = digits(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                         std::chrono::day(*day));
  if (!date.ok()) return std::nullopt;
  const auto since_epoch = std::chrono::sys_days(date).time_since_epoch();
  return static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count());
}

std::string list_of_attributes() {
  std::string names;
  for (const AttributeInfo& info : attributes()) names.append(names.empty() ? "" : ", ").append(info.name);
  return names;
}

// The type of `left op right` for the operators of arithmetic.
std::optional<Type> arithmetic_type(Operator op, Type left, Type right) {
  if (!is_arithmetic(left) || !is_arithmetic(right)) return std::nullopt;
  const bool same = left == right;
  if (op == Operator::kAdd || op == Operator::kSubtract) return same ? std::optional(left) : std::nullopt;
  if (op == Operator::kDivide && same) return Type::kNumber;
  if (op == Operator::kDivide) return left == Type::kDuration ? std::optional(Type::kDuration) : std::nullopt;
  if (same) return left == Type::kNumber ? std::optional(Type::kNumber) : std::nullopt;
  return Type::kDuration;
}

class Compiler {
 public:
  Compiler(std::string_view text, Syntax syntax) : text_(text), syntax_(std::move(syntax)) {}

  Result<std::shared_ptr<const Program>> run(Type wanted) && {
    program_.source = std::string(text_);
    program_.code.reserve(syntax_.nodes.size());
    for (Node& node : syntax_.nodes) {
      Instruction instruction;
      instruction.op = node.op;
      instruction.left = node.left;
      instruction.right = node.right;
      instruction.third = node.third;
      instruction.number = node.number;
      if (node.left != kNoNode) instruction.operand = type(node.left);
      MAGPIE_RETURN_IF_ERROR(check(node, instruction));
      program_.code.push_back(instruction);
    }
    const Type found = program_.code.back().type;
    if (found != wanted) {
      return fault_at(syntax_.root(), wanted == Type::kBoolean
                                          ? "a filter must be a condition, this is " + std::string(to_string(found))
                                          : "a boost must be a number, this is " + std::string(to_string(found)));
    }
    return std::make_shared<const Program>(std::move(program_));
  }

 private:
  [[nodiscard]] Type type(std::uint32_t node) const { return program_.code[node].type; }
  [[nodiscard]] Error fault_at(const Node& node, std::string_view what) const {
    return fault(text_, node.position, what);
  }
  [[nodiscard]] Error mismatch(const Node& node, std::string_view wanted) const {
    std::string found(to_string(type(node.left)));
    if (node.right != kNoNode) found.append(" and ").append(to_string(type(node.right)));
    return fault_at(node, "this takes " + std::string(wanted) + ", not " + found);
  }

  void add_names(std::vector<std::string> texts, Instruction& out) {
    out.first_name = static_cast<std::uint32_t>(program_.names.size());
    for (std::string& text : texts) {
      const std::uint64_t hash = hash64(text);
      program_.names.push_back({std::move(text), hash});
    }
    out.last_name = static_cast<std::uint32_t>(program_.names.size());
    std::sort(program_.names.begin() + out.first_name, program_.names.end(),
              [](const Name& a, const Name& b) { return a.hash < b.hash; });
  }

  Status check(Node& node, Instruction& out) {
    switch (node.op) {
      case Operator::kNumber: return leaf(Type::kNumber, out);
      case Operator::kDuration: return leaf(Type::kDuration, out);
      case Operator::kBoolean: return leaf(Type::kBoolean, out);
      case Operator::kText: add_names({std::move(node.text)}, out); return leaf(Type::kText, out);
      case Operator::kName: return name(node, out);
      case Operator::kNegate:
        if (!is_arithmetic(out.operand)) return mismatch(node, "a number or a duration");
        return leaf(out.operand, out);
      case Operator::kAdd:
      case Operator::kSubtract:
      case Operator::kMultiply:
      case Operator::kDivide: return arithmetic(node, out);
      case Operator::kLess:
      case Operator::kLessOrEqual:
      case Operator::kGreater:
      case Operator::kGreaterOrEqual:
      case Operator::kEqual:
      case Operator::kNotEqual: return comparison(node, out);
      case Operator::kIn: return membership(node, out);
      case Operator::kInList:
      case Operator::kAnyInList: return list(node, out);
      case Operator::kIsKnown:
      case Operator::kIsMissing:
        if (out.operand == Type::kBoolean) return fault_at(node, "a condition is never missing");
        return known(out);
      case Operator::kNot:
      case Operator::kAnd:
      case Operator::kOr: return logic(node, out);
      case Operator::kChoice: return choice(node, out);
    }
    return fault_at(node, "no such operator");
  }

  static Status leaf(Type type, Instruction& out) {
    out.type = type;
    return {};
  }

  Status known(Instruction& out) const {
    out.attribute = program_.code[out.left].attribute;
    return leaf(Type::kBoolean, out);
  }

  Status name(const Node& node, Instruction& out) const {
    const auto info = find_attribute(node.text);
    if (!info) {
      return fault_at(node, "there is no attribute \"" + node.text + "\" (a text stands in quotes); there are " +
                                list_of_attributes());
    }
    out.attribute = info->attribute;
    return leaf(info->type, out);
  }

  Status arithmetic(const Node& node, Instruction& out) const {
    const auto result = arithmetic_type(node.op, out.operand, type(node.right));
    if (!result) return mismatch(node, "numbers or durations that fit");
    return leaf(*result, out);
  }

  // A text literal beside a time is a date.
  Status to_time(std::uint32_t literal, std::uint32_t other) {
    if (literal == kNoNode || type(other) != Type::kTime) return {};
    Instruction& code = program_.code[literal];
    if (code.op != Operator::kText) return {};
    const auto time = date(program_.names[code.first_name].text);
    if (!time) return fault_at(syntax_.nodes[literal], "a time is written as a date, \"2026-03-31\"");
    code.op = Operator::kNumber;
    code.type = Type::kTime;
    code.number = *time;
    return {};
  }

  Status comparison(const Node& node, Instruction& out) {
    MAGPIE_RETURN_IF_ERROR(to_time(node.left, node.right));
    MAGPIE_RETURN_IF_ERROR(to_time(node.right, node.left));
    out.operand = type(node.left);
    const bool orders = node.op != Operator::kEqual && node.op != Operator::kNotEqual;
    if (out.operand != type(node.right)) return mismatch(node, "two values of one type");
    if (out.operand == Type::kNames) return fault_at(node, "a set of names is asked by \"in\"");
    if (orders && !is_measure(out.operand)) return mismatch(node, "numbers, durations or times");
    return leaf(Type::kBoolean, out);
  }

  Status membership(const Node& node, Instruction& out) const {
    if (out.operand != Type::kText) return mismatch(node, "a text on its left");
    const Type right = type(node.right);
    if (right != Type::kNames && right != Type::kText) return mismatch(node, "a set, a list or a text on its right");
    const Instruction& left = program_.code[node.left];
    // So that what is looked for is looked up once a request, not once an item.
    const bool fixed = left.op == Operator::kText || is_of_request(left.attribute);
    if (right == Type::kNames && !fixed) {
      return fault_at(node, "what is looked for in a set must be a text in quotes, surface, region or device");
    }
    out.attribute = program_.code[node.right].attribute;
    return leaf(Type::kBoolean, out);
  }

  Status list(Node& node, Instruction& out) {
    const Type wanted = node.op == Operator::kInList ? Type::kText : Type::kNames;
    if (out.operand != wanted) {
      return fault_at(node, wanted == Type::kText
                                ? "this takes a text on its left; for a set write \"any tags in [...]\""
                                : "\"any\" takes categories or tags");
    }
    out.attribute = program_.code[node.left].attribute;
    add_names(std::move(node.elements), out);
    return leaf(Type::kBoolean, out);
  }

  Status logic(const Node& node, Instruction& out) const {
    const bool right_fits = node.right == kNoNode || type(node.right) == Type::kBoolean;
    if (out.operand != Type::kBoolean || !right_fits) return mismatch(node, "conditions");
    return leaf(Type::kBoolean, out);
  }

  Status choice(const Node& node, Instruction& out) const {
    if (!is_arithmetic(out.operand)) return fault_at(node, "\"if\" chooses between numbers or durations");
    if (type(node.right) != Type::kBoolean) return fault_at(node, "\"if\" takes a condition");
    if (node.third != kNoNode && type(node.third) != out.operand) {
      return fault_at(node, "both sides of a choice must be of one type");
    }
    return leaf(out.operand, out);
  }

  std::string_view text_;
  Syntax syntax_;
  Program program_;
};

Result<std::shared_ptr<const Program>> compile(std::string_view text, const Limits& limits, Type wanted) {
  MAGPIE_ASSIGN_OR_RETURN(Syntax syntax, parse(text, limits));
  return Compiler(text, std::move(syntax)).run(wanted);
}

}  // namespace

Result<std::shared_ptr<const Program>> compile_filter(std::string_view text, const Limits& limits) {
  return compile(text, limits, Type::kBoolean);
}

Result<std::shared_ptr<const Program>> compile_boost(std::string_view text, const Limits& limits) {
  return compile(text, limits, Type::kNumber);
}

}  // namespace magpie::expression
