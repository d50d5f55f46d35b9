// kill -9 in the midst of appends: what was acknowledged is there, what was not is there whole or not at all, and the
// features agree with the offset that they say they reflect.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "adapters/embedded/event_log_crash_test_plan.h"
#include "tests/contract/samples.h"
#include "tests/contract/temporary_directory.h"

namespace magpie::embedded {
namespace {

constexpr int kKills = 8;

// Runs the child until it has acknowledged `appends`, kills it, and returns how many it had acknowledged by then.
std::uint64_t run_and_kill(const std::filesystem::path& directory, std::uint64_t appends) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe[1], STDOUT_FILENO);
    ::close(pipe[0]);
    ::execl(EVENT_LOG_CRASH_CHILD, EVENT_LOG_CRASH_CHILD, directory.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(pipe[1]);
  std::uint64_t acknowledged = 0;
  std::array<char, 4096> buffer{};
  const auto drain = [&] {
    const ssize_t size = ::read(pipe[0], buffer.data(), buffer.size());
    for (ssize_t i = 0; i < size; ++i) acknowledged += buffer[static_cast<std::size_t>(i)] == '.' ? 1 : 0;
    return size > 0;
  };
  while (acknowledged < appends && drain()) {
  }
  ::kill(child, SIGKILL);
  while (drain()) {
  }
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself, with status " << status;
  return acknowledged;
}

TEST(EventLogCrash, KeepsWhatWasAcknowledged) {
  const contract::TemporaryDirectory directory;
  std::uint64_t acknowledged = 0;  // Appends, over all runs.
  for (int kill = 0; kill < kKills; ++kill) {
    acknowledged += run_and_kill(directory.path(), 20 + 37 * static_cast<std::uint64_t>(kill));
    const auto storage = crash::open_storage(directory.path());
    ASSERT_TRUE(storage.ok()) << storage.status().to_string();
    auto& log = (*storage)->event_log();
    EXPECT_GE(log.end(0), acknowledged * crash::kBatch);
    EXPECT_EQ(log.end(0) % crash::kBatch, 0U);
    const auto records = log.read(0, 0, 10'000'000).value();
    ASSERT_EQ(records.size(), log.end(0));
    for (const auto& record : records) ASSERT_EQ(record.event, contract::sample_event("ann", record.offset));
    const Offset applied = (*storage)->features().applied(0).value();
    EXPECT_LE(applied, log.end(0));
    ASSERT_GT(applied, 0U);
    EXPECT_EQ((*storage)->features().user(UserId("ann")).value()->recent, crash::state_after(applied));
    acknowledged = log.end(0) / crash::kBatch;  // Those that were durable without the word.
  }
}

}  // namespace
}  // namespace magpie::embedded
