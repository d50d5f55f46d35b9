#include "base/property.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"

namespace magpie {
namespace {

enum class Format { kText, kJson };

struct Config {
  Properties all;
  Property<bool> on{all, {.name = "log.on", .description = "Whether to log"}, true};
  Property<std::int64_t> factors{
      all, {.name = "als.factors", .description = "Length of a factor vector", .unit = "floats"}, 64, {1, 1024}};
  Property<double> alpha{all, {.name = "als.alpha", .description = "Confidence"}, 0.5, {0.0, {}}};
  Property<std::string> listen{all, {.name = "server.listen", .description = "Address"}, "127.0.0.1:8080"};
  Property<Duration> window{
      all, {.name = "history.window", .description = "Kept"}, std::chrono::days(90), {std::chrono::days(1), {}}};
  Property<RealMap> weights{all, {.name = "events.weights", .description = "Weights"}, {{"click", 2}, {"view", 1}}};
  Property<std::string> key{
      all, {.name = "api.key", .description = "Shared key", .secret = Secret::kYes}, std::string()};
  ChoiceProperty<Format> format{all,
                                {.name = "log.format", .description = "Lines"},
                                Format::kText,
                                {{"text", Format::kText}, {"json", Format::kJson}}};
};

class PropertyFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "magpie-property-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { EXPECT_TRUE(magpie::remove_all(directory_).ok()); }

  Status load(Config& config, std::string_view toml) {
    const auto path = directory_ / "magpie.toml";
    const Status written = write_file_atomically(path, toml);
    return written.ok() ? config.all.load_file(path) : written;
  }

  std::filesystem::path directory_;
};

Properties::Environment environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

Status load_flags(Config& config, std::vector<std::pair<std::string, std::string>> flags) {
  return config.all.load_flags(flags);
}

TEST(Property, ExplainsItself) {
  Config config;
  EXPECT_EQ(config.factors.type(), PropertyType::kInteger);
  EXPECT_EQ(config.factors.info().unit, "floats");
  EXPECT_EQ(config.factors.info().needs_restart, NeedsRestart::kYes);
  EXPECT_EQ(config.factors.bounds(), "1 to 1024");
  EXPECT_EQ(config.factors.default_text(), "64");
  EXPECT_EQ(config.factors.value_text(), "64");
  EXPECT_EQ(config.factors.source(), PropertySource::kDefault);
  EXPECT_EQ(config.factors.environment_name(), "MAGPIE_ALS_FACTORS");
  EXPECT_EQ(config.alpha.bounds(), "at least 0");
  EXPECT_EQ(config.window.bounds(), "at least 1d");
  EXPECT_EQ(config.format.bounds(), "text, json");
  EXPECT_EQ(config.listen.bounds(), "");
}

TEST(Property, IsListedAndFound) {
  const Config config;
  EXPECT_EQ(config.all.all().size(), 8U);
  EXPECT_EQ(config.all.all()[1], &config.factors);
  EXPECT_EQ(config.all.find("als.alpha"), &config.alpha);
  EXPECT_EQ(config.all.find("als.beta"), nullptr);
}

TEST(Property, FlagsSetEveryType) {
  Config config;
  ASSERT_TRUE(load_flags(config, {{"log.on", "false"},
                                  {"als.factors", "128"},
                                  {"als.alpha", "2.5e1"},
                                  {"server.listen", "[::1]:80"},
                                  {"history.window", "30d"},
                                  {"events.weights", "view=0.5,rent=3"},
                                  {"log.format", "json"}})
                  .ok());
  EXPECT_FALSE(config.on());
  EXPECT_EQ(config.factors(), 128);
  EXPECT_EQ(config.alpha(), 25);
  EXPECT_EQ(config.listen(), "[::1]:80");
  EXPECT_EQ(config.window(), std::chrono::days(30));
  EXPECT_EQ(config.weights(), (RealMap{{"click", 2}, {"rent", 3}, {"view", 0.5}}));
  EXPECT_EQ(config.format(), Format::kJson);
  EXPECT_EQ(config.factors.source(), PropertySource::kFlag);
  EXPECT_EQ(config.weights.value_text(), "click=2,rent=3,view=0.5");
}

TEST(Property, AMistakeNamesPropertyTextAndBounds) {
  Config config;
  const Status status = load_flags(config, {{"als.factors", "0"}});
  EXPECT_EQ(status.to_string(), "invalid argument: als.factors: \"0\" is out of bounds: 1 to 1024");
  EXPECT_EQ(config.factors(), 64);
  EXPECT_EQ(config.factors.source(), PropertySource::kDefault);
}

TEST(Property, RefusesWhatIsNotOfItsType) {
  const std::vector<std::pair<std::string, std::string>> mistakes{{"log.on", "yes"},
                                                                  {"log.on", ""},
                                                                  {"als.factors", "12x"},
                                                                  {"als.factors", ""},
                                                                  {"als.factors", "1025"},
                                                                  {"als.factors", "9e99"},
                                                                  {"als.alpha", "nan"},
                                                                  {"als.alpha", "inf"},
                                                                  {"als.alpha", "-1"},
                                                                  {"history.window", "90"},
                                                                  {"history.window", "1h"},
                                                                  {"history.window", "-2d"},
                                                                  {"log.format", "xml"},
                                                                  {"events.weights", "view"},
                                                                  {"events.weights", "=1"},
                                                                  {"events.weights", "a=b"},
                                                                  {"als.factors", "99999999999999999999"}};
  for (const auto& mistake : mistakes) {
    Config config;
    const Status status = load_flags(config, {mistake});
    ASSERT_FALSE(status.ok()) << mistake.first << "=" << mistake.second;
    EXPECT_EQ(status.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(status.error().field(), mistake.first);
    EXPECT_EQ(config.all.find(mistake.first)->value_text(), config.all.find(mistake.first)->default_text());
  }
}

TEST(Property, ASecretIsNotShown) {
  Config config;
  EXPECT_EQ(config.key.value_text(), "");
  ASSERT_TRUE(load_flags(config, {{"api.key", "hunter2"}}).ok());
  EXPECT_EQ(config.key(), "hunter2");
  EXPECT_EQ(config.key.value_text(), "(secret)");
}

TEST(Property, AnUnknownFlagIsAnError) {
  Config config;
  EXPECT_EQ(load_flags(config, {{"als.factros", "1"}}).error().field(), "als.factros");
}

TEST(Property, TheEnvironmentIsReadByName) {
  Config config;
  ASSERT_TRUE(config.all.load_environment(environment({{"MAGPIE_ALS_FACTORS", "32"}, {"HOME", "/"}})).ok());
  EXPECT_EQ(config.factors(), 32);
  EXPECT_EQ(config.factors.source(), PropertySource::kEnvironment);
  EXPECT_EQ(config.alpha.source(), PropertySource::kDefault);
  const Status status = config.all.load_environment(environment({{"MAGPIE_LOG_ON", "maybe"}}));
  EXPECT_EQ(status.error().field(), "MAGPIE_LOG_ON");
}

TEST_F(PropertyFileTest, TomlSetsEveryType) {
  Config config;
  const Status status = load(config, R"(
[log]
on = false
format = "json"
[als]
factors = 16
alpha = 3
[server]
listen = "0.0.0.0:1"
[history]
window = "48h"
[events]
weights = { view = 0.25, rent = -4 }
)");
  ASSERT_TRUE(status.ok()) << status.to_string();
  EXPECT_FALSE(config.on());
  EXPECT_EQ(config.format(), Format::kJson);
  EXPECT_EQ(config.factors(), 16);
  EXPECT_EQ(config.alpha(), 3);
  EXPECT_EQ(config.listen(), "0.0.0.0:1");
  EXPECT_EQ(config.window(), std::chrono::hours(48));
  EXPECT_EQ(config.weights(), (RealMap{{"click", 2}, {"rent", -4}, {"view", 0.25}}));
  EXPECT_EQ(config.window.source(), PropertySource::kFile);
}

TEST_F(PropertyFileTest, AMapMayBeATableOfItsOwn) {
  Config config;
  ASSERT_TRUE(load(config, "[events.weights]\nview = 0.1\n").ok());
  EXPECT_EQ(config.weights().at("view"), 0.1);
}

TEST_F(PropertyFileTest, MistakesNameFileAndLine) {
  const std::string file = (directory_ / "magpie.toml").string();
  const std::vector<std::pair<std::string, std::string>> mistakes{
      {"[als]\nfactros = 1\n", file + ":2: als.factros"},
      {"top = 1\n", file + ":1: top"},
      {"[alien]\nx = 1\n", file + ":2: alien.x"},
      {"[als]\n\nfactors = \"16\"\n", file + ":3: als.factors"},
      {"[als]\nfactors = 1.5\n", file + ":2: als.factors"},
      {"[als]\nfactors = 0\n", file + ":2: als.factors"},
      {"[log]\non = 1\n", file + ":2: log.on"},
      {"[history]\nwindow = 90\n", file + ":2: history.window"},
      {"[events]\nweights = { view = \"much\" }\n", file + ":2: events.weights"},
      {"[als]\nfactors = \n", file + ":2: TOML"},
  };
  for (const auto& [toml, place] : mistakes) {
    Config config;
    const Status status = load(config, toml);
    ASSERT_FALSE(status.ok()) << toml;
    EXPECT_EQ(status.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(status.error().field(), place) << toml;
  }
}

TEST_F(PropertyFileTest, AMissingFileIsNotFound) {
  Config config;
  EXPECT_EQ(config.all.load_file(directory_ / "none.toml").error().code(), ErrorCode::kNotFound);
}

TEST_F(PropertyFileTest, TheLaterSourceWins) {
  Config config;
  ASSERT_TRUE(load(config, "[als]\nfactors = 1\nalpha = 1\n[log]\non = false\n").ok());
  ASSERT_TRUE(config.all.load_environment(environment({{"MAGPIE_ALS_FACTORS", "2"}, {"MAGPIE_ALS_ALPHA", "2"}})).ok());
  ASSERT_TRUE(load_flags(config, {{"als.factors", "3"}}).ok());
  EXPECT_EQ(config.factors(), 3);
  EXPECT_EQ(config.alpha(), 2);
  EXPECT_FALSE(config.on());
}

TEST(Duration, ParsesAndFormats) {
  const std::vector<std::pair<std::string, Duration>> cases{{"0s", Duration(0)},
                                                            {"250ms", Duration(250)},
                                                            {"10s", std::chrono::seconds(10)},
                                                            {"5m", std::chrono::minutes(5)},
                                                            {"23h", std::chrono::hours(23)},
                                                            {"90d", std::chrono::days(90)},
                                                            {"1h30m", std::chrono::minutes(90)}};
  for (const auto& [text, duration] : cases) {
    EXPECT_EQ(parse_duration(text).value(), duration) << text;
    EXPECT_EQ(format_duration(duration), text);
  }
  EXPECT_EQ(format_duration(parse_duration("36h").value()), "1d12h");
  for (const char* const text : {"", "5", "s", "5 s", "-5s", "5x", "1.5h", "99999999999999999999s", "9999999999999d"}) {
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  }
}

}  // namespace
}  // namespace magpie
