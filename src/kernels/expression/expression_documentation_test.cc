// The examples of docs/expressions.md compile, and those that it says are refused are refused at the place it shows.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "kernels/expression/program.h"

namespace magpie::expression {
namespace {

std::vector<std::string> lines_of_blocks(const std::string& language) {
  std::ifstream file(MAGPIE_SOURCE_DIR "/docs/expressions.md");
  std::vector<std::string> lines;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```")) {
      inside = line == "```" + language;
    } else if (inside) {
      lines.push_back(line);
    }
  }
  return lines;
}

TEST(ExpressionDocumentation, FiltersCompile) {
  const auto examples = lines_of_blocks("filter");
  EXPECT_GE(examples.size(), 10U);
  for (const auto& text : examples) EXPECT_EQ(compile_filter(text).status().to_string(), "ok") << text;
}

TEST(ExpressionDocumentation, BoostsCompile) {
  const auto examples = lines_of_blocks("boost");
  EXPECT_GE(examples.size(), 6U);
  for (const auto& text : examples) EXPECT_EQ(compile_boost(text).status().to_string(), "ok") << text;
}

TEST(ExpressionDocumentation, WrongOnesAreRefusedAtTheirPlace) {
  const auto lines = lines_of_blocks("refused");
  ASSERT_GE(lines.size(), 10U);
  for (std::size_t i = 0; i + 1 < lines.size(); i += 2) {
    const auto compiled = compile_filter(lines[i]);
    ASSERT_FALSE(compiled.ok()) << lines[i];
    const std::string& message = compiled.error().message();
    const std::string shown = "\n  " + lines[i] + "\n  " + lines[i + 1];
    EXPECT_TRUE(message.ends_with(shown)) << message;
  }
}

TEST(ExpressionDocumentation, NamesEveryAttribute) {
  std::ifstream file(MAGPIE_SOURCE_DIR "/docs/expressions.md");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  for (const AttributeInfo& info : attributes()) {
    EXPECT_NE(text.find("`" + std::string(info.name) + "`"), std::string::npos) << info.name;
  }
}

}  // namespace
}  // namespace magpie::expression
