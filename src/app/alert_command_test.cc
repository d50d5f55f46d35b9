#include "app/alert_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/file.h"
#include "tests/contract/temporary_directory.h"

namespace magpie::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::HasSubstr;

class AlertCommandTest : public testing::Test {
 protected:
  [[nodiscard]] Logger logger() { return Logger::to_stream(log_, LogLevel::kInfo, LogFormat::kText); }
  [[nodiscard]] static batch::pipeline::Alert alert(const std::string& message) {
    return {batch::pipeline::AlertKind::kRunFailed, from_unix_ms(0), batch::pipeline::RunId("run"), "", message};
  }
  [[nodiscard]] std::string file() const { return (directory_.path() / "alerts").string(); }

  contract::TemporaryDirectory directory_;
  std::ostringstream log_;
};

TEST_F(AlertCommandTest, GetsEachAlertOnItsInput) {
  AlertCommand command("cat >> '" + file() + "'", minutes(1), logger());
  command.send(alert("first; rm -rf $HOME"));
  command.send(alert("second"));
  command.drain();
  EXPECT_EQ(*read_file(file()),
            "{\"kind\":\"run_failed\",\"message\":\"first; rm -rf $HOME\",\"run_id\":\"run\",\"time\":"
            "\"1970-01-01T00:00:00Z\"}\n"
            "{\"kind\":\"run_failed\",\"message\":\"second\",\"run_id\":\"run\",\"time\":\"1970-01-01T00:00:00Z\"}\n");
  EXPECT_EQ(log_.str(), "");
}

TEST_F(AlertCommandTest, AFailureIsLoggedAndNoMore) {
  AlertCommand command("exit 3", minutes(1), logger());
  command.send(alert("lost"));
  command.drain();
  EXPECT_THAT(log_.str(), HasSubstr("exit status 3"));
  EXPECT_THAT(log_.str(), HasSubstr("lost"));
}

TEST_F(AlertCommandTest, ACommandThatHangsIsKilled) {
  AlertCommand command("sleep 1000 & sleep 1000", milliseconds(20), logger());
  command.send(alert("stuck"));
  command.drain();
  EXPECT_THAT(log_.str(), HasSubstr("not done within 20 ms"));
}

TEST_F(AlertCommandTest, WithoutACommandNothingHappens) {
  AlertCommand command("", minutes(1), logger());
  command.send(alert("nowhere"));
  command.drain();
  EXPECT_EQ(log_.str(), "");
}

TEST_F(AlertCommandTest, TheDestructorDoesNotWaitForACommand) {
  AlertCommand command("sleep 1000", minutes(60), logger());
  command.send(alert("stuck"));
}

}  // namespace
}  // namespace magpie::app
