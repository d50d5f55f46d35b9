#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "kernels/expression/program.h"

namespace magpie::expression {
namespace {

using std::chrono::hours;

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);  // 2023-11-14

class ExpressionTest : public ::testing::Test {
 protected:
  ExpressionTest() {
    item_.id = ItemId("p1");
    item_.title = "Alien \"1979\"";
    item_.categories = {"horror", "space"};
    item_.tags = {"sale", "de"};
    item_.price = 12.5;
    item_.created_at = kNow - hours(48);
    item_.editorial = true;
    request_.region = "de";
    request_.surface = "home";
    request_.now = kNow;
  }

  bool holds(const std::string& text, double popularity = 0.25) {
    const auto program = compile_filter(text);
    EXPECT_TRUE(program.ok()) << program.status().to_string();
    if (!program.ok()) return false;
    const auto catalogue = CatalogueSnapshot().with({item_}, {});
    return BoundExpression(*program, *catalogue, request_).holds({*catalogue->at(ItemIndex(0)), popularity});
  }

  double boost(const std::string& text, double popularity = 0.25) {
    const auto program = compile_boost(text);
    EXPECT_TRUE(program.ok()) << program.status().to_string();
    if (!program.ok()) return 0;
    const auto catalogue = CatalogueSnapshot().with({item_}, {});
    return BoundExpression(*program, *catalogue, request_).factor({*catalogue->at(ItemIndex(0)), popularity});
  }

  Item item_;
  RequestAttributes request_;
};

std::string refusal(const std::string& text) {
  const auto program = compile_filter(text);
  return program.ok() ? "accepted" : program.error().message().substr(0, program.error().message().find('\n'));
}

TEST_F(ExpressionTest, ComparesNumbersDurationsAndTimes) {
  EXPECT_TRUE(holds("price < 12.6"));
  EXPECT_FALSE(holds("price < 12.5"));
  EXPECT_TRUE(holds("price <= 12.5 and price >= 12.5 and price == 12.5"));
  EXPECT_TRUE(holds("age == 2d and age > 47h and age != 1w"));
  EXPECT_TRUE(holds("created_at >= \"2023-11-12\" and created_at < \"2023-11-13\""));
  EXPECT_TRUE(holds("popularity == 0.25"));
}

TEST_F(ExpressionTest, LooksIntoSetsAndTexts) {
  EXPECT_TRUE(holds("\"space\" in categories and \"drama\" not in categories"));
  EXPECT_TRUE(holds("region in tags"));
  EXPECT_FALSE(holds("device in tags")) << "the request names no device";
  EXPECT_TRUE(holds("any tags in [\"x\", \"sale\"]"));
  EXPECT_FALSE(holds("any categories in [\"x\", \"y\"]"));
  EXPECT_FALSE(holds("any tags in []"));
  EXPECT_TRUE(holds("category == \"horror\" and category in [\"space\", \"horror\"]"));
  EXPECT_TRUE(holds("id in [\"p2\", \"p1\", \"p3\"] and id not in [\"p2\"]"));
  EXPECT_TRUE(holds("\"lien\" in title and \"\\\"1979\\\"\" in title"));
  EXPECT_FALSE(holds("\"alien\" in title")) << "letter for letter";
}

TEST_F(ExpressionTest, BindsAsTheTableSays) {
  EXPECT_TRUE(holds("true or true and false"));
  EXPECT_FALSE(holds("(true or true) and false"));
  EXPECT_TRUE(holds("not false and true"));
  EXPECT_FALSE(holds("not (false or true)"));
  EXPECT_TRUE(holds("1 + 2 * 3 == 7 and 10 - 4 - 3 == 3 and -2 * -3 == 6"));
  EXPECT_TRUE(holds("editorial == true and available != false"));
}

TEST_F(ExpressionTest, ComparisonsWithWhatIsMissingAreFalse) {
  item_.price.reset();
  for (const char* op : {"<", "<=", ">", ">=", "==", "!="}) {
    EXPECT_FALSE(holds("price " + std::string(op) + " 20")) << op;
    EXPECT_FALSE(holds("1 / 0 " + std::string(op) + " 20")) << op;
  }
  EXPECT_TRUE(holds("not (price >= 20)"));
  EXPECT_TRUE(holds("price is missing and (price + 1) is missing and title is known"));
  EXPECT_FALSE(holds("device != \"tv\""));
  EXPECT_TRUE(holds("device is missing"));
  item_.categories.clear();
  EXPECT_TRUE(holds("category is missing and categories is missing and tags is known"));
}

TEST_F(ExpressionTest, BoostsAreFactors) {
  EXPECT_EQ(boost("1.5 if \"sale\" in tags"), 1.5);
  EXPECT_EQ(boost("1.5 if \"new\" in tags"), 1) << "missing changes nothing";
  EXPECT_EQ(boost("0.5 if price > 100 else 1.2 if editorial else 3"), 1.2);
  EXPECT_EQ(boost("age / 1d"), 2);
  EXPECT_EQ(boost("(age * 2) / 1d"), 4);
  EXPECT_EQ(boost("1 + popularity"), 1.25);
  EXPECT_EQ(boost("-3"), kLeastBoost);
  EXPECT_EQ(boost("99999"), kLargestBoost);
  EXPECT_EQ(boost("1 / 0"), 1);
}

TEST_F(ExpressionTest, RefusalsSayWhatAndWhere) {
  EXPECT_EQ(refusal(""), "line 1, column 1: expected a value, not the end");
  EXPECT_EQ(refusal("price < 20 nd"), "line 1, column 12: expected an operator or the end, not \"nd\"");
  EXPECT_EQ(refusal("price <\n and"), "line 2, column 2: expected a value, not \"and\"");
  EXPECT_EQ(refusal("\"ä\" in [1]"), "line 1, column 9: expected a text in quotes, not \"1\"");
  EXPECT_EQ(refusal("price = 2"), "line 1, column 7: equality is written \"==\"");
  EXPECT_EQ(refusal("(price < 2"), "line 1, column 11: expected \")\" or an operator, not the end");
  EXPECT_EQ(refusal("title == \"x"), "line 1, column 10: this text has no closing \"");
  EXPECT_EQ(refusal("age < 3y"), "line 1, column 8: a unit of time is one of s, m, h, d, w");
  EXPECT_EQ(refusal("age < 3"), "line 1, column 5: this takes two values of one type, not a duration and a number");
  EXPECT_EQ(refusal("price"), "line 1, column 1: a filter must be a condition, this is a number");
  EXPECT_EQ(refusal("1.2.3 < price"), "line 1, column 1: this is no number");
  EXPECT_EQ(refusal("price ? 3"), "line 1, column 7: this character has no meaning here");
  EXPECT_EQ(refusal("created_at < \"2023-13-01\""), "line 1, column 14: a time is written as a date, \"2026-03-31\"");
  EXPECT_EQ(refusal("tags in [\"a\"]"),
            "line 1, column 6: this takes a text on its left; for a set write \"any tags in [...]\"");
  EXPECT_EQ(compile_boost("editorial").error().message(),
            "line 1, column 1: a boost must be a number, this is a condition\n  editorial\n  ^");
}

TEST_F(ExpressionTest, ALongLineIsShownAroundTheFault) {
  std::string text = "true";
  for (int i = 0; i < 40; ++i) text += " and true";
  const auto refused = compile_filter(text + " end");
  const std::string message = refused.error().message();
  EXPECT_LT(message.size(), 320U);
  EXPECT_NE(message.find("and true end"), std::string::npos) << message;
}

TEST_F(ExpressionTest, LengthDepthAndSizeAreBounded) {
  EXPECT_NE(refusal(std::string(kMaxNesting + 1, '(')).find("nested too deeply"), std::string::npos);
  EXPECT_NE(refusal(std::string(2000, '-')).find("nested too deeply"), std::string::npos);
  EXPECT_NE(refusal(std::string(5000, ' ')).find("longer than 4096 bytes"), std::string::npos);
  std::string nots;
  for (std::size_t i = 0; i <= kMaxNesting; ++i) nots += "not ";
  EXPECT_NE(refusal(nots + "true").find("nested too deeply"), std::string::npos);
  std::string sum = "1";
  for (int i = 0; i < 600; ++i) sum += "+1";
  EXPECT_NE(refusal(sum + ">0").find("more than 512 operators"), std::string::npos);
  std::string list = "id in [\"a\"";
  for (int i = 0; i < 256; ++i) list += ",\"a\"";
  EXPECT_NE(refusal(list + "]").find("at most 256 elements"), std::string::npos);
}

}  // namespace
}  // namespace magpie::expression
