// The command line: every command against a running server and with the server stopped.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "e2e/running_engine.h"
#include "e2e/shop.h"

namespace magpie::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void write_csv(const std::filesystem::path& events, const std::filesystem::path& items) {
  std::ofstream event_file(events);
  event_file << "who,what,when,kind\n";
  for (const auto& event : shop_events(SystemClock().now())) {
    event_file << event["user_id"].get<std::string>() << ',' << event["item_id"].get<std::string>() << ','
               << event["timestamp"] << ',' << event["type"].get<std::string>() << '\n';
  }
  event_file << "user-1,item-1,yesterday,view\n" << "user-1,item-1\n";
  std::ofstream item_file(items);
  item_file << "id,title,categories\n";
  for (const auto& item : shop_items()) {
    item_file << item["id"].get<std::string>() << ',' << item["title"].get<std::string>() << ','
              << item["categories"][0].get<std::string>() << '\n';
  }
}

class Commands : public ::testing::Test {
 protected:
  void SetUp() override { write_csv(engine_.directory() / "events.csv", engine_.directory() / "items.csv"); }

  Finished import_shop() {
    return engine_.command({"import", "--items", (engine_.directory() / "items.csv").string(), "--events",
                            (engine_.directory() / "events.csv").string(), "--map",
                            "user_id=who,item_id=what,timestamp=when,type=kind", "--map-items", "item_id=id",
                            "--rejects", (engine_.directory() / "rejects.tsv").string()});
  }

  void expect_everything_works() {
    const auto imported = import_shop();
    EXPECT_EQ(imported.status, 0) << imported.output;
    std::ifstream rejects(engine_.directory() / "rejects.tsv");
    const std::string text((std::istreambuf_iterator<char>(rejects)), {});
    EXPECT_THAT(text, HasSubstr("events.csv\t2402\t"));
    EXPECT_THAT(text, HasSubstr("timestamp"));
    EXPECT_THAT(text, HasSubstr("events.csv\t2403\t"));

    const auto trained = engine_.command({"train"});
    EXPECT_EQ(trained.status, 0) << trained.output;
    EXPECT_THAT(trained.output, HasSubstr("2400 events, 120 users"));

    const auto recommended = engine_.command({"recommend", "--user", "user-4"});
    EXPECT_EQ(recommended.status, 0) << recommended.output;
    EXPECT_THAT(recommended.output, HasSubstr("Thing"));
    EXPECT_THAT(recommended.output, Not(HasSubstr("no model yet")));

    const auto user = engine_.command({"inspect", "user", "user-4"});
    EXPECT_EQ(user.status, 0) << user.output;
    EXPECT_THAT(user.output, HasSubstr("total_purchases"));
    const auto item = engine_.command({"inspect", "item", "item-4"});
    EXPECT_EQ(item.status, 0) << item.output;
    const auto model = engine_.command({"inspect", "model"});
    EXPECT_EQ(model.status, 0) << model.output;
    EXPECT_THAT(model.output, HasSubstr("\"production\""));
  }

  RunningEngine engine_;
};

TEST_F(Commands, WorkAgainstARunningServer) {
  expect_everything_works();
  EXPECT_EQ(engine_.recommend("user-4").size(), 10U);
}

TEST_F(Commands, WorkWithTheServerStopped) {
  engine_.stop();
  expect_everything_works();
  engine_.start();
  EXPECT_EQ(engine_.recommend("user-4").size(), 10U);
}

TEST_F(Commands, ImportingTwiceChangesNothing) {
  EXPECT_EQ(import_shop().status, 0);
  const auto first = engine_.train().at("events");
  EXPECT_EQ(import_shop().status, 0);
  EXPECT_EQ(engine_.train().at("events"), first);
}

TEST_F(Commands, ConfigNamesTheSourceOfEachValue) {
  const auto config = engine_.command({"config", "--set", "als.factors=32"});
  EXPECT_EQ(config.status, 0);
  EXPECT_THAT(config.output, HasSubstr("factors = 32"));
  EXPECT_THAT(config.output, HasSubstr("from flag"));
  EXPECT_THAT(config.output, HasSubstr("MAGPIE_ALS_FACTORS"));
  const auto wrong = engine_.command({"config", "--set", "als.factors=0"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.output, HasSubstr("als.factors"));
}

TEST_F(Commands, ConfigPrintsAFileThatItReads) {
  const auto config = engine_.command({"config"});
  ASSERT_EQ(config.status, 0);
  const auto file = engine_.directory() / "magpie.toml";
  std::ofstream(file) << config.output;
  const auto again = engine_.command({"config", "--config", file.string()});
  EXPECT_EQ(again.status, 0) << again.output;
  EXPECT_THAT(again.output, HasSubstr("from file"));
}

TEST_F(Commands, ASecondServerOnTheSameDirectoryIsRefused) {
  const auto second = engine_.command({"serve", "--listen", "127.0.0.1:0", "--grpc-listen", "127.0.0.1:0"});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.output, HasSubstr("failed precondition"));
}

}  // namespace
}  // namespace magpie::tests
