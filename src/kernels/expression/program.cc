#include "kernels/expression/program.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/hash.h"

namespace magpie::expression {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

std::uint32_t id_in(const CatalogueSnapshot& catalogue, Attribute set, std::string_view name) {
  if (set == Attribute::kCategories) {
    const auto category = catalogue.find_category(name);
    return category ? category->get() : kNoNode;
  }
  const auto tag = catalogue.find_tag(name);
  return tag ? tag->get() : kNoNode;
}

template <typename Index>
bool holds_id(std::span<const Index> set, std::uint32_t id) {
  return std::any_of(set.begin(), set.end(), [id](Index index) { return index.get() == id; });
}

template <typename Index>
bool holds_any(std::span<const Index> set, std::span<const std::uint32_t> ids) {
  return std::any_of(set.begin(), set.end(),
                     [ids](Index index) { return std::binary_search(ids.begin(), ids.end(), index.get()); });
}

// Precondition: `names` ascend by hash.
bool holds_text(std::span<const Name> names, std::uint64_t hash, std::string_view text) {
  auto at = std::lower_bound(names.begin(), names.end(), hash,
                             [](const Name& name, std::uint64_t wanted) { return name.hash < wanted; });
  for (; at != names.end() && at->hash == hash; ++at) {
    if (at->text == text) return true;
  }
  return false;
}

double finite(double value) { return std::isfinite(value) ? value : kMissing; }

}  // namespace

// One item. What it calls itself recursively, it does as deep as the expression is: at most Limits::nodes.
class BoundExpression::Evaluation {
 public:
  Evaluation(const BoundExpression& bound, const ItemAttributes& item) : bound_(bound), item_(item) {}

  [[nodiscard]] bool truth(std::uint32_t at) const {
    const Instruction& code = instruction(at);
    switch (code.op) {
      case Operator::kBoolean: return code.number != 0;
      case Operator::kName: return flag_of(code.attribute, item_);
      case Operator::kNot: return !truth(code.left);
      case Operator::kAnd: return truth(code.left) && truth(code.right);
      case Operator::kOr: return truth(code.left) || truth(code.right);
      case Operator::kIsKnown: return known(code);
      case Operator::kIsMissing: return !known(code);
      case Operator::kIn: return inside(at, code);
      case Operator::kInList: return in_list(code);
      case Operator::kAnyInList: return any_in_list(code);
      case Operator::kEqual:
      case Operator::kNotEqual: return equality(code);
      default: return order(code);
    }
  }

  [[nodiscard]] double number(std::uint32_t at) const {
    const Instruction& code = instruction(at);
    switch (code.op) {
      case Operator::kName: return number_of(code.attribute, item_, *bound_.request_);
      case Operator::kNegate: return -number(code.left);
      case Operator::kAdd: return finite(number(code.left) + number(code.right));
      case Operator::kSubtract: return finite(number(code.left) - number(code.right));
      case Operator::kMultiply: return finite(number(code.left) * number(code.right));
      case Operator::kDivide: return finite(number(code.left) / number(code.right));
      case Operator::kChoice:
        if (truth(code.right)) return number(code.left);
        return code.third == kNoNode ? kMissing : number(code.third);
      default: return code.number;
    }
  }

 private:
  [[nodiscard]] const Instruction& instruction(std::uint32_t at) const { return bound_.program_->code[at]; }
  [[nodiscard]] std::span<const Name> names(const Instruction& code) const {
    return std::span(bound_.program_->names).subspan(code.first_name, code.last_name - code.first_name);
  }

  [[nodiscard]] std::string_view text(std::uint32_t at) const {
    const Instruction& code = instruction(at);
    if (code.op == Operator::kName) return text_of(code.attribute, item_, *bound_.request_);
    return bound_.program_->names[code.first_name].text;
  }

  [[nodiscard]] bool known(const Instruction& code) const {
    if (code.operand == Type::kText) return !text(code.left).empty();
    if (code.operand != Type::kNames) return !std::isnan(number(code.left));
    return code.attribute == Attribute::kCategories ? !item_.item.categories.empty() : !item_.item.tags.empty();
  }

  [[nodiscard]] bool inside(std::uint32_t at, const Instruction& code) const {
    if (instruction(code.right).type == Type::kText) {
      const std::string_view sought = text(code.left);
      return !sought.empty() && text(code.right).find(sought) != std::string_view::npos;
    }
    const std::uint32_t id = bound_.sought_[at];
    if (id == kNoNode) return false;
    if (code.attribute == Attribute::kCategories) return holds_id(std::span(item_.item.categories), id);
    return holds_id(std::span(item_.item.tags), id);
  }

  [[nodiscard]] bool in_list(const Instruction& code) const {
    const Instruction& left = instruction(code.left);
    const std::string_view sought = text(code.left);
    const bool is_id = left.op == Operator::kName && left.attribute == Attribute::kId;
    if (sought.empty()) return false;
    return holds_text(names(code), is_id ? item_.item.id_hash : hash64(sought), sought);
  }

  [[nodiscard]] bool any_in_list(const Instruction& code) const {
    const auto ids = std::span(bound_.ids_).subspan(code.first_name, code.last_name - code.first_name);
    if (code.attribute == Attribute::kCategories) return holds_any(std::span(item_.item.categories), ids);
    return holds_any(std::span(item_.item.tags), ids);
  }

  [[nodiscard]] bool equality(const Instruction& code) const {
    const bool wanted = code.op == Operator::kEqual;
    if (code.operand == Type::kBoolean) return (truth(code.left) == truth(code.right)) == wanted;
    if (code.operand == Type::kText) {
      const std::string_view left = text(code.left);
      const std::string_view right = text(code.right);
      return !left.empty() && !right.empty() && (left == right) == wanted;
    }
    const double left = number(code.left);
    const double right = number(code.right);
    return !std::isnan(left) && !std::isnan(right) && (left == right) == wanted;
  }

  // False with a NaN, whichever it is.
  [[nodiscard]] bool order(const Instruction& code) const {
    const double left = number(code.left);
    const double right = number(code.right);
    switch (code.op) {
      case Operator::kLess: return left < right;
      case Operator::kLessOrEqual: return left <= right;
      case Operator::kGreater: return left > right;
      default: return left >= right;
    }
  }

  const BoundExpression& bound_;
  const ItemAttributes& item_;
};

BoundExpression::BoundExpression(std::shared_ptr<const Program> program, const CatalogueSnapshot& catalogue,
                                 const RequestAttributes& request)
    : program_(std::move(program)), request_(&request) {
  const auto& code = program_->code;
  for (std::uint32_t at = 0; at < code.size(); ++at) {
    const Instruction& instruction = code[at];
    if (instruction.op == Operator::kAnyInList) {
      ids_.resize(program_->names.size(), kNoNode);
      for (auto i = instruction.first_name; i < instruction.last_name; ++i) {
        ids_[i] = id_in(catalogue, instruction.attribute, program_->names[i].text);
      }
      std::sort(ids_.begin() + instruction.first_name, ids_.begin() + instruction.last_name);
    }
    if (instruction.op != Operator::kIn || code[instruction.right].type != Type::kNames) continue;
    const Instruction& left = code[instruction.left];
    const bool literal = left.op == Operator::kText;
    sought_.resize(code.size(), kNoNode);
    const std::string_view name =
        literal ? std::string_view(program_->names[left.first_name].text) : text_of(left.attribute, request);
    sought_[at] = id_in(catalogue, instruction.attribute, name);
  }
}

bool BoundExpression::holds(const ItemAttributes& item) const {
  return Evaluation(*this, item).truth(static_cast<std::uint32_t>(program_->code.size() - 1));
}

double BoundExpression::factor(const ItemAttributes& item) const {
  const double value = Evaluation(*this, item).number(static_cast<std::uint32_t>(program_->code.size() - 1));
  return std::isnan(value) ? 1.0 : std::clamp(value, kLeastBoost, kLargestBoost);
}

}  // namespace magpie::expression
