// Program: an expression compiled once, its names and types checked; and BoundExpression: the same for one catalogue
// snapshot and one request, its category and tag names resolved to dense ids.
//
//   MAGPIE_ASSIGN_OR_RETURN(const auto filter, compile_filter("price < 20 and \"drama\" in categories"));
//   const BoundExpression bound(filter, *catalogue, request);
//   if (bound.holds({*item, popularity})) ...
//
// What is missing (the price of an item without one, a quotient by 0) makes every comparison with it false, and a boost
// that comes out missing changes nothing. The whole language: docs/expressions.md.
// Evaluation takes a few nanoseconds an operator and allocates nothing. Thread-safety: immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "kernels/expression/attribute.h"
#include "kernels/expression/syntax.h"

namespace magpie::expression {

// An operator whose operands have the types that it takes. Operands come before it.
struct Instruction {
  Operator op = Operator::kNumber;
  Type type = Type::kNumber;  // Of the result.
  Type operand = Type::kNumber;  // Of the left operand, where there is one.
  Attribute attribute = Attribute::kId;  // Of kName; of the set that kIn and kAnyInList look into.
  std::uint32_t left = kNoNode;
  std::uint32_t right = kNoNode;
  std::uint32_t third = kNoNode;
  std::uint32_t first_name = 0;  // Range in Program::names: the text of a literal, the elements of a list.
  std::uint32_t last_name = 0;
  double number = 0;
};

struct Name {
  std::string text;
  std::uint64_t hash = 0;  // hash64(text)
};

struct Program {
  std::string source;
  std::vector<Instruction> code;  // The last one is the root.
  std::vector<Name> names;  // Those of a list ascend by hash.
};

// kInvalidArgument with the position of the fault (syntax.h). A filter is a condition, a boost a number.
[[nodiscard]] Result<std::shared_ptr<const Program>> compile_filter(std::string_view text, const Limits& limits = {});
[[nodiscard]] Result<std::shared_ptr<const Program>> compile_boost(std::string_view text, const Limits& limits = {});

// A boost outside of these is taken as the nearest.
inline constexpr double kLeastBoost = 1e-3;
inline constexpr double kLargestBoost = 1e3;

class BoundExpression {
 public:
  // `request` must outlive this. A name that the catalogue does not know is in no set.
  BoundExpression(std::shared_ptr<const Program> program, const CatalogueSnapshot& catalogue,
                  const RequestAttributes& request);

  // Precondition: a filter.
  [[nodiscard]] bool holds(const ItemAttributes& item) const;
  // kLeastBoost to kLargestBoost. Precondition: a boost.
  [[nodiscard]] double factor(const ItemAttributes& item) const;
  [[nodiscard]] const std::string& source() const { return program_->source; }

 private:
  class Evaluation;

  std::shared_ptr<const Program> program_;
  const RequestAttributes* request_;
  // Of Program::names, by what they are looked up in; one that belongs to no known id is kNoNode. For a list the ids
  // ascend. For `region in tags`: one more a request attribute, at the instruction's own position.
  std::vector<std::uint32_t> ids_;
  std::vector<std::uint32_t> sought_;  // By instruction: the id that kIn looks for in a set.
};

}  // namespace magpie::expression
