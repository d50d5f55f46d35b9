#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace magpie {
namespace {

using ::testing::EndsWith;
using ::testing::MatchesRegex;

std::string last_part(const std::string& line) { return line.substr(line.find('Z') + 2); }

TEST(Log, TextLineHasTimeLevelMessageAndFields) {
  std::ostringstream out;
  const Logger logger = Logger::to_stream(out, LogLevel::kInfo, LogFormat::kText);
  logger.info("model loaded", {{"version", 7}, {"took_ms", 12.5}, {"warm", true}, {"name", "als"}});
  EXPECT_THAT(out.str(),
              MatchesRegex("[0-9-]+T[0-9:.]+Z info    model loaded version=7 took_ms=12.5 warm=true name=als\n"));
}

TEST(Log, TextValuesAreQuotedWhereTheyMustBe) {
  std::ostringstream out;
  const Logger logger = Logger::to_stream(out, LogLevel::kInfo, LogFormat::kText);
  logger.info("two\nlines", {{"a", "b c"}, {"d", "say \"hi\"\n"}, {"empty", ""}, {"path", "/var/x"}});
  EXPECT_EQ(last_part(out.str()), "info    two lines a=\"b c\" d=\"say \\\"hi\\\"\\n\" empty=\"\" path=/var/x\n");
}

TEST(Log, JsonLinesAreJson) {
  std::ostringstream out;
  const Logger logger = Logger::to_stream(out, LogLevel::kDebug, LogFormat::kJson);
  logger.error("tab\t \"quote\" \x01 {} %v", {{"big", std::numeric_limits<std::uint64_t>::max()},
                                              {"negative", -3},
                                              {"real", 0.25},
                                              {"nan", std::numeric_limits<double>::quiet_NaN()},
                                              {"flag", false},
                                              {"text", std::string("caf\xC3\xA9 \\")}});
  const auto line = nlohmann::json::parse(out.str());
  EXPECT_EQ(line["level"], "error");
  EXPECT_EQ(line["message"], "tab\t \"quote\" \x01 {} %v");
  EXPECT_EQ(line["big"], std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(line["negative"], -3);
  EXPECT_EQ(line["real"], 0.25);
  EXPECT_EQ(line["nan"], "nan");
  EXPECT_EQ(line["flag"], false);
  EXPECT_EQ(line["text"], "caf\xC3\xA9 \\");
  EXPECT_THAT(line["time"].get<std::string>(), MatchesRegex("....-..-..T..:..:..[.]...Z"));
}

TEST(Log, LevelsBelowAreLeftOut) {
  std::ostringstream out;
  const Logger logger = Logger::to_stream(out, LogLevel::kWarning, LogFormat::kText);
  logger.debug("no");
  logger.info("no");
  EXPECT_EQ(out.str(), "");
  logger.warning("yes");
  EXPECT_THAT(out.str(), EndsWith("warning yes\n"));
  const Logger silent = Logger::to_stream(out, LogLevel::kOff, LogFormat::kText);
  silent.error("never");
  EXPECT_THAT(out.str(), EndsWith("warning yes\n"));
}

TEST(Log, LinesOfThreadsAreWhole) {
  std::ostringstream out;
  {
    const Logger logger = Logger::to_stream(out, LogLevel::kInfo, LogFormat::kJson);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([copy = logger, i] {
        for (int n = 0; n < 100; ++n) copy.info("line", {{"thread", i}, {"n", n}});
      });
    }
  }
  std::istringstream lines(out.str());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  }
  EXPECT_EQ(count, 400);
}

}  // namespace
}  // namespace magpie
