// A recursive descent, one function a level of precedence, loosest first: choice, or, and, not, comparison, sum,
// product, unary, primary.
#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.h"
#include "kernels/expression/syntax.h"
#include "kernels/expression/token.h"

namespace magpie::expression {
namespace {

using Index = std::uint32_t;

struct Symbol {
  std::string_view text;
  Operator op;
};
constexpr std::array<Symbol, 6> kComparisons{{{"<", Operator::kLess},
                                              {"<=", Operator::kLessOrEqual},
                                              {">", Operator::kGreater},
                                              {">=", Operator::kGreaterOrEqual},
                                              {"==", Operator::kEqual},
                                              {"!=", Operator::kNotEqual}}};
constexpr std::array<Symbol, 2> kSums{{{"+", Operator::kAdd}, {"-", Operator::kSubtract}}};
constexpr std::array<Symbol, 2> kProducts{{{"*", Operator::kMultiply}, {"/", Operator::kDivide}}};
constexpr std::array<std::string_view, 10> kKeywords{"and", "or",    "not", "in",   "is",
                                                     "any", "known", "if",  "else", "missing"};

bool is_keyword(std::string_view word) {
  return std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end();
}

// One level more of what may nest, for as long as this lives.
class Nesting {
 public:
  explicit Nesting(std::size_t& depth) : depth_(depth) { ++depth_; }
  ~Nesting() { --depth_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;
  [[nodiscard]] bool too_deep() const { return depth_ > kMaxNesting; }

 private:
  std::size_t& depth_;
};

class Parser {
 public:
  Parser(std::string_view text, const Limits& limits) : text_(text), limits_(limits), lexer_(text) {}

  Result<Syntax> run() && {
    MAGPIE_RETURN_IF_ERROR(advance());
    MAGPIE_RETURN_IF_ERROR(choice());
    if (token_.kind != TokenKind::kEnd) return expected("an operator or the end");
    return std::move(syntax_);
  }

 private:
  [[nodiscard]] Error fault_here(std::string_view what) const { return fault(text_, token_.position, what); }
  [[nodiscard]] Error expected(std::string_view what) const {
    return fault_here("expected " + std::string(what) + ", not " + describe(token_));
  }
  [[nodiscard]] bool at_word(std::string_view word) const {
    return token_.kind == TokenKind::kWord && token_.source == word;
  }
  [[nodiscard]] bool at_symbol(std::string_view symbol) const {
    return token_.kind == TokenKind::kSymbol && token_.source == symbol;
  }
  template <std::size_t n>
  [[nodiscard]] const Symbol* at_one_of(const std::array<Symbol, n>& symbols) const {
    const auto found =
        std::find_if(symbols.begin(), symbols.end(), [this](const Symbol& symbol) { return at_symbol(symbol.text); });
    return found == symbols.end() ? nullptr : &*found;
  }

  Status advance() {
    MAGPIE_ASSIGN_OR_RETURN(token_, lexer_.next());
    return {};
  }

  // A symbol that must come.
  Status expect(std::string_view symbol) {
    if (!at_symbol(symbol)) return expected("\"" + std::string(symbol) + "\"");
    return advance();
  }

  Result<Index> add(Node node) {
    if (syntax_.nodes.size() == limits_.nodes) {
      return fault(text_, node.position,
                   "the expression has more than " + std::to_string(limits_.nodes) + " operators and operands");
    }
    syntax_.nodes.push_back(std::move(node));
    return static_cast<Index>(syntax_.nodes.size() - 1);
  }
  Result<Index> add(Operator op, std::uint32_t position, Index left, Index right = kNoNode, Index third = kNoNode) {
    Node node;
    node.op = op;
    node.position = position;
    node.left = left;
    node.right = right;
    node.third = third;
    return add(std::move(node));
  }
  // A node of the token alone, which is taken.
  Result<Index> leaf(Operator op, double number, std::string text) {
    Node node;
    node.op = op;
    node.position = token_.position;
    node.number = number;
    node.text = std::move(text);
    MAGPIE_RETURN_IF_ERROR(advance());
    return add(std::move(node));
  }

  Result<Index> choice() {
    const Nesting nesting(depth_);
    if (nesting.too_deep()) return fault_here("this is nested too deeply");
    MAGPIE_ASSIGN_OR_RETURN(const Index value, disjunction());
    if (!at_word("if")) return value;
    const auto position = token_.position;
    MAGPIE_RETURN_IF_ERROR(advance());
    MAGPIE_ASSIGN_OR_RETURN(const Index condition, disjunction());
    if (!at_word("else")) return add(Operator::kChoice, position, value, condition);
    MAGPIE_RETURN_IF_ERROR(advance());
    MAGPIE_ASSIGN_OR_RETURN(const Index otherwise, choice());
    return add(Operator::kChoice, position, value, condition, otherwise);
  }

  Result<Index> disjunction() {
    MAGPIE_ASSIGN_OR_RETURN(Index left, conjunction());
    while (at_word("or")) {
      const auto position = token_.position;
      MAGPIE_RETURN_IF_ERROR(advance());
      MAGPIE_ASSIGN_OR_RETURN(const Index right, conjunction());
      MAGPIE_ASSIGN_OR_RETURN(left, add(Operator::kOr, position, left, right));
    }
    return left;
  }

  Result<Index> conjunction() {
    MAGPIE_ASSIGN_OR_RETURN(Index left, negation());
    while (at_word("and")) {
      const auto position = token_.position;
      MAGPIE_RETURN_IF_ERROR(advance());
      MAGPIE_ASSIGN_OR_RETURN(const Index right, negation());
      MAGPIE_ASSIGN_OR_RETURN(left, add(Operator::kAnd, position, left, right));
    }
    return left;
  }

  Result<Index> negation() {
    if (!at_word("not")) return comparison();
    const Nesting nesting(depth_);
    if (nesting.too_deep()) return fault_here("this is nested too deeply");
    const auto position = token_.position;
    MAGPIE_RETURN_IF_ERROR(advance());
    MAGPIE_ASSIGN_OR_RETURN(const Index operand, negation());
    return add(Operator::kNot, position, operand);
  }

  Result<Index> comparison() {
    if (at_word("any")) return any();
    MAGPIE_ASSIGN_OR_RETURN(const Index left, sum());
    const auto position = token_.position;
    if (const Symbol* symbol = at_one_of(kComparisons)) {
      MAGPIE_RETURN_IF_ERROR(advance());
      MAGPIE_ASSIGN_OR_RETURN(const Index right, sum());
      if (at_one_of(kComparisons) != nullptr) return fault_here("comparisons are joined by \"and\"");
      return add(symbol->op, position, left, right);
    }
    if (at_word("is")) return known_or_missing(left);
    if (at_word("in")) return membership(left);
    if (!at_word("not")) return left;
    MAGPIE_RETURN_IF_ERROR(advance());
    if (!at_word("in")) return expected("\"in\"");
    MAGPIE_ASSIGN_OR_RETURN(const Index inside, membership(left));
    return add(Operator::kNot, position, inside);
  }

  Result<Index> known_or_missing(Index left) {
    const auto position = token_.position;
    MAGPIE_RETURN_IF_ERROR(advance());
    const bool known = at_word("known");
    if (!known && !at_word("missing")) return expected("\"known\" or \"missing\"");
    MAGPIE_RETURN_IF_ERROR(advance());
    return add(known ? Operator::kIsKnown : Operator::kIsMissing, position, left);
  }

  // At "in".
  Result<Index> membership(Index left) {
    const auto position = token_.position;
    MAGPIE_RETURN_IF_ERROR(advance());
    if (at_symbol("[")) return list(Operator::kInList, position, left);
    MAGPIE_ASSIGN_OR_RETURN(const Index right, sum());
    return add(Operator::kIn, position, left, right);
  }

  Result<Index> any() {
    const auto position = token_.position;
    MAGPIE_RETURN_IF_ERROR(advance());
    MAGPIE_ASSIGN_OR_RETURN(const Index left, primary());
    if (!at_word("in")) return expected("\"in\"");
    MAGPIE_RETURN_IF_ERROR(advance());
    return list(Operator::kAnyInList, position, left);
  }

  Result<Index> list(Operator op, std::uint32_t position, Index left) {
    Node node;
    node.op = op;
    node.position = position;
    node.left = left;
    MAGPIE_RETURN_IF_ERROR(expect("["));
    while (!at_symbol("]")) {
      if (!node.elements.empty()) MAGPIE_RETURN_IF_ERROR(expect(","));
      if (token_.kind != TokenKind::kText) return expected("a text in quotes");
      if (node.elements.size() == limits_.elements) {
        return fault_here("a list has at most " + std::to_string(limits_.elements) + " elements");
      }
      node.elements.push_back(std::move(token_.text));
      MAGPIE_RETURN_IF_ERROR(advance());
    }
    MAGPIE_RETURN_IF_ERROR(advance());
    return add(std::move(node));
  }

  Result<Index> sum() {
    MAGPIE_ASSIGN_OR_RETURN(Index left, product());
    while (const Symbol* symbol = at_one_of(kSums)) {
      const auto position = token_.position;
      MAGPIE_RETURN_IF_ERROR(advance());
      MAGPIE_ASSIGN_OR_RETURN(const Index right, product());
      MAGPIE_ASSIGN_OR_RETURN(left, add(symbol->op, position, left, right));
    }
    return left;
  }

  Result<Index> product() {
    MAGPIE_ASSIGN_OR_RETURN(Index left, unary());
    while (const Symbol* symbol = at_one_of(kProducts)) {
      const auto position = token_.position;
      MAGPIE_RETURN_IF_ERROR(advance());
      MAGPIE_ASSIGN_OR_RETURN(const Index right, unary());
      MAGPIE_ASSIGN_OR_RETURN(left, add(symbol->op, position, left, right));
    }
    return left;
  }

  Result<Index> unary() {
    if (!at_symbol("-")) return primary();
    const Nesting nesting(depth_);
    if (nesting.too_deep()) return fault_here("this is nested too deeply");
    const auto position = token_.position;
    MAGPIE_RETURN_IF_ERROR(advance());
    MAGPIE_ASSIGN_OR_RETURN(const Index operand, unary());
    return add(Operator::kNegate, position, operand);
  }

  Result<Index> primary() {
    switch (token_.kind) {
      case TokenKind::kNumber: return leaf(Operator::kNumber, token_.number, {});
      case TokenKind::kDuration: return leaf(Operator::kDuration, token_.number, {});
      case TokenKind::kText: return leaf(Operator::kText, 0, std::move(token_.text));
      case TokenKind::kWord:
        if (at_word("true") || at_word("false")) return leaf(Operator::kBoolean, at_word("true") ? 1 : 0, {});
        if (!is_keyword(token_.source)) return leaf(Operator::kName, 0, std::string(token_.source));
        break;
      case TokenKind::kSymbol:
        if (at_symbol("(")) return parenthesized();
        break;
      case TokenKind::kEnd: break;
    }
    return expected("a value");
  }

  Result<Index> parenthesized() {
    MAGPIE_RETURN_IF_ERROR(advance());
    MAGPIE_ASSIGN_OR_RETURN(const Index inner, choice());
    if (!at_symbol(")")) return expected("\")\" or an operator");
    MAGPIE_RETURN_IF_ERROR(advance());
    return inner;
  }

  std::string_view text_;
  const Limits& limits_;
  Lexer lexer_;
  Token token_;
  Syntax syntax_;
  std::size_t depth_ = 0;
};

}  // namespace

Result<Syntax> parse(std::string_view text, const Limits& limits) {
  // Not shown: who reads the message expects UTF-8.
  if (!is_valid_utf8(text)) return invalid_argument("", "line 1, column 1: the expression is not valid UTF-8");
  if (text.size() > limits.length) {
    return fault(text, limits.length, "the expression is longer than " + std::to_string(limits.length) + " bytes");
  }
  return Parser(text, limits).run();
}

}  // namespace magpie::expression
