// The compiled program against a naive interpreter of the tree, which knows values and their absence and nothing of
// ids, hashes or types; on expressions made at random. And random text: whatever it is, it is compiled or refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <string>
#include <variant>

#include "kernels/expression/program.h"

namespace magpie::expression {
namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

using Missing = std::monostate;
using Names = std::set<std::string>;
using Value = std::variant<Missing, double, bool, std::string, Names>;

class Oracle {
 public:
  Oracle(const Syntax& syntax, const Item& item, const RequestAttributes& request)
      : syntax_(syntax), item_(item), request_(request) {}

  [[nodiscard]] Value root() const { return value(static_cast<std::uint32_t>(syntax_.nodes.size() - 1)); }

 private:
  [[nodiscard]] bool truth(std::uint32_t at) const { return std::get<bool>(value(at)); }

  static Value known(const std::string& text) { return text.empty() ? Value() : Value(text); }
  static Value known(double number) { return std::isfinite(number) ? Value(number) : Value(); }

  [[nodiscard]] Value attribute(const std::string& name) const {
    if (name == "id") return known(item_.id.get());
    if (name == "title") return known(item_.title);
    if (name == "category") return item_.categories.empty() ? Value() : known(item_.categories.front());
    if (name == "categories") return Names(item_.categories.begin(), item_.categories.end());
    if (name == "tags") return Names(item_.tags.begin(), item_.tags.end());
    if (name == "price") return item_.price ? Value(*item_.price) : Value();
    if (name == "age") return static_cast<double>((request_.now - item_.created_at).count());
    if (name == "popularity") return 0.5;
    if (name == "available") return item_.available;
    if (name == "editorial") return item_.editorial;
    if (name == "region") return known(request_.region);
    if (name == "surface") return known(request_.surface);
    return {};
  }

  [[nodiscard]] static Value arithmetic(Operator op, const Value& left, const Value& right) {
    if (left.index() == 0 || right.index() == 0) return {};
    const double a = std::get<double>(left);
    const double b = std::get<double>(right);
    if (op == Operator::kAdd) return known(a + b);
    if (op == Operator::kSubtract) return known(a - b);
    if (op == Operator::kMultiply) return known(a * b);
    return known(a / b);
  }

  [[nodiscard]] static bool compare(Operator op, const Value& left, const Value& right) {
    if (left.index() == 0 || right.index() == 0) return false;
    switch (op) {
      case Operator::kLess: return left < right;
      case Operator::kLessOrEqual: return left <= right;
      case Operator::kGreater: return left > right;
      case Operator::kGreaterOrEqual: return left >= right;
      case Operator::kEqual: return left == right;
      default: return left != right;
    }
  }

  [[nodiscard]] static bool inside(const Value& sought, const Value& where) {
    const auto* const text = std::get_if<std::string>(&sought);
    if (text == nullptr || text->empty()) return false;
    if (const auto* const names = std::get_if<Names>(&where)) return names->contains(*text);
    const auto* const haystack = std::get_if<std::string>(&where);
    return haystack != nullptr && haystack->find(*text) != std::string::npos;
  }

  [[nodiscard]] static bool in_list(const Value& value, const std::vector<std::string>& list) {
    return std::any_of(list.begin(), list.end(), [&](const std::string& element) {
      if (const auto* const names = std::get_if<Names>(&value)) return names->contains(element);
      return value.index() != 0 && !element.empty() && std::get<std::string>(value) == element;
    });
  }

  [[nodiscard]] static bool is_known(const Value& value) {
    const auto* const names = std::get_if<Names>(&value);
    return names != nullptr ? !names->empty() : value.index() != 0;
  }

  [[nodiscard]] Value value(std::uint32_t at) const {
    const Node& node = syntax_.nodes[at];
    switch (node.op) {
      case Operator::kNumber:
      case Operator::kDuration: return node.number;
      case Operator::kText: return known(node.text);
      case Operator::kBoolean: return node.number != 0;
      case Operator::kName: return attribute(node.text);
      case Operator::kNegate: return arithmetic(Operator::kSubtract, 0.0, value(node.left));
      case Operator::kAdd:
      case Operator::kSubtract:
      case Operator::kMultiply:
      case Operator::kDivide: return arithmetic(node.op, value(node.left), value(node.right));
      case Operator::kIn: return inside(value(node.left), value(node.right));
      case Operator::kInList:
      case Operator::kAnyInList: return in_list(value(node.left), node.elements);
      case Operator::kIsKnown: return is_known(value(node.left));
      case Operator::kIsMissing: return !is_known(value(node.left));
      case Operator::kNot: return !truth(node.left);
      case Operator::kAnd: return truth(node.left) && truth(node.right);
      case Operator::kOr: return truth(node.left) || truth(node.right);
      case Operator::kChoice:
        if (truth(node.right)) return value(node.left);
        return node.third == kNoNode ? Value() : value(node.third);
      default: return compare(node.op, value(node.left), value(node.right));
    }
  }

  const Syntax& syntax_;
  const Item& item_;
  const RequestAttributes& request_;
};

// Expressions that are right by construction.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  std::string one_of(const std::vector<std::string>& words) { return words[below(words.size())]; }
  std::string name() { return one_of({"a", "b", "c", "d", "nowhere", ""}); }
  std::string quoted() { return "\"" + name() + "\""; }

  std::string list() {
    std::string text = "[";
    const std::size_t size = below(4);
    for (std::size_t i = 0; i < size; ++i) {
      text += i == 0 ? "" : ", ";
      text += quoted();
    }
    return text + "]";
  }

  std::string text() {
    if (below(2) == 0) return quoted();
    return one_of({"id", "title", "category", "region", "surface"});
  }

  std::string number(std::size_t depth) {
    const std::size_t kind = below(depth == 0 ? 2 : 5);
    if (kind == 0) return one_of({"0", "1", "2.5", "20", "0.001"});
    if (kind == 1) return one_of({"price", "popularity", "(age / 1d)"});
    if (kind == 2) return "-" + wrapped(number(depth - 1));
    const std::string left = wrapped(number(depth - 1));
    if (kind == 3) {
      const std::string op = one_of({" + ", " - ", " * ", " / "});
      return left + op + wrapped(number(depth - 1));
    }
    const std::string condition = filter(depth - 1);
    const std::string chosen = left + " if " + wrapped(condition);
    return below(2) == 0 ? chosen : chosen + " else " + number(depth - 1);
  }

  std::string filter(std::size_t depth) {
    switch (below(depth == 0 ? 8 : 12)) {
      case 0: return one_of({"true", "false", "available", "editorial"});
      case 1: {
        const std::string sought = one_of({"\"a\"", "\"b\"", "region", "surface"});
        const std::string op = one_of({" in ", " not in "});
        return sought + op + set();
      }
      case 2: {
        const std::string names = set();
        return "any " + names + " in " + list();
      }
      case 3: {
        const std::string left = text();
        const std::string op = one_of({" in ", " not in "});
        return left + op + list();
      }
      case 4: {
        const std::string left = text();
        const std::string op = one_of({" == ", " != ", " in "});
        return left + op + text();
      }
      case 5: {
        const std::string left = one_of({"price", "title", "category", "tags", "region"});
        return left + one_of({" is known", " is missing"});
      }
      case 6: {
        const std::string op = one_of({"<", ">=", "=="});
        return "age " + op + " " + one_of({"1d", "36h", "3w"});
      }
      case 7:
      case 8: {
        const std::string left = wrapped(number(depth == 0 ? 0 : depth - 1));
        const std::string op = one_of({" < ", " <= ", " > ", " >= ", " == ", " != "});
        return left + op + wrapped(number(depth == 0 ? 0 : depth - 1));
      }
      case 9: return "not " + wrapped(filter(depth - 1));
      default: {
        const std::string left = wrapped(filter(depth - 1));
        const std::string op = one_of({" and ", " or "});
        return left + op + wrapped(filter(depth - 1));
      }
    }
  }

  Item item(std::size_t number) {
    Item item;
    item.id = ItemId(std::string(1, static_cast<char>('a' + number % 26)));
    item.title = name();
    for (const char* each : {"a", "b", "c"}) {
      if (below(2) == 0) item.categories.emplace_back(each);
      if (below(2) == 0) item.tags.emplace_back(each);
    }
    if (below(3) > 0) item.price = static_cast<double>(below(40));
    item.created_at = kNow - std::chrono::hours(below(100));
    item.available = below(4) > 0;
    item.editorial = below(2) == 0;
    return item;
  }

  std::string noise() {
    static const std::vector<std::string> kPieces{
        "price", "(",        ")",    "[",     "]",      ",",     "\"",         "\\",   "and", "or",
        "not",   "in",       "is",   "known", "any",    "if",    "else",       "tags", "7d",  "1.5",
        "<",     ">=",       "==",   "=",     "-",      "/",     "\"a\"",      " ",    "\n",  "\t",
        "9e9",   "\xc3\xa4", "\xff", "true",  "region", "title", "categories", "id",   "#",   "1..2"};
    std::string text;
    const std::size_t size = below(30);
    for (std::size_t i = 0; i < size; ++i) {
      text += one_of(kPieces);
      if (below(2) == 0) text += ' ';
    }
    if (below(10) == 0) text.push_back('\0');
    return text;
  }

 private:
  static std::string wrapped(const std::string& text) { return "(" + text + ")"; }
  std::string set() { return one_of({"categories", "tags"}); }

  std::mt19937_64 random_;
};

class ExpressionOracle : public ::testing::Test {
 protected:
  ExpressionOracle() {
    std::vector<Item> items;
    for (std::size_t i = 0; i < 12; ++i) items.push_back(generator_.item(i));
    catalogue_ = CatalogueSnapshot().with(std::move(items), {});
    request_.now = kNow;
    request_.region = "b";
  }

  [[nodiscard]] Value oracle(const std::string& text, std::uint32_t index) const {
    const auto syntax = parse(text);
    return Oracle(*syntax, catalogue_->at(ItemIndex(index))->item, request_).root();
  }

  Generator generator_{20'261'124};
  std::shared_ptr<const CatalogueSnapshot> catalogue_;
  RequestAttributes request_;
};

TEST_F(ExpressionOracle, FiltersAgree) {
  std::size_t held = 0;
  for (int round = 0; round < 5000; ++round) {
    const std::string text = generator_.filter(4);
    const auto program = compile_filter(text);
    ASSERT_TRUE(program.ok()) << program.status().to_string();
    const BoundExpression bound(*program, *catalogue_, request_);
    for (std::uint32_t i = 0; i < catalogue_->index_bound(); ++i) {
      const bool holds = bound.holds({*catalogue_->at(ItemIndex(i)), 0.5});
      ASSERT_EQ(holds, std::get<bool>(oracle(text, i))) << text << "\nitem " << i;
      held += holds ? 1 : 0;
    }
  }
  EXPECT_GT(held, 5000U);
  EXPECT_LT(held, 55'000U);
}

TEST_F(ExpressionOracle, BoostsAgree) {
  for (int round = 0; round < 5000; ++round) {
    const std::string text = generator_.number(4);
    const auto program = compile_boost(text);
    ASSERT_TRUE(program.ok()) << program.status().to_string();
    const BoundExpression bound(*program, *catalogue_, request_);
    for (std::uint32_t i = 0; i < catalogue_->index_bound(); ++i) {
      const Value value = oracle(text, i);
      const double expected =
          value.index() == 0 ? 1.0 : std::clamp(std::get<double>(value), kLeastBoost, kLargestBoost);
      ASSERT_EQ(bound.factor({*catalogue_->at(ItemIndex(i)), 0.5}), expected) << text << "\nitem " << i;
    }
  }
}

TEST_F(ExpressionOracle, AnyTextIsCompiledOrRefused) {
  std::size_t compiled = 0;
  for (int round = 0; round < 50'000; ++round) {
    const std::string text = generator_.noise();
    for (const auto& program : {compile_filter(text), compile_boost(text)}) {
      if (!program.ok()) {
        ASSERT_TRUE(program.error().message().starts_with("line ")) << text;
        continue;
      }
      ++compiled;
      const BoundExpression bound(*program, *catalogue_, request_);
      const ItemAttributes item{*catalogue_->at(ItemIndex(0)), 0.5};
      if ((*program)->code.back().type == Type::kBoolean) {
        (void)bound.holds(item);
      } else {
        (void)bound.factor(item);
      }
    }
  }
  EXPECT_GT(compiled, 100U);
}

// What a fault cuts out of the middle of a right expression is the best noise.
TEST_F(ExpressionOracle, EveryPrefixOfARightExpressionIsCompiledOrRefused) {
  for (int round = 0; round < 200; ++round) {
    const std::string text = generator_.filter(4);
    for (std::size_t length = 0; length <= text.size(); ++length) {
      const auto program = compile_filter(text.substr(0, length));
      ASSERT_TRUE(program.ok() || program.error().message().starts_with("line ")) << text;
    }
  }
}

}  // namespace
}  // namespace magpie::expression
