// ChildProcess: a program under test, started, watched and killed; ServerProcess: a `magpie serve` among them.
//
// Thread-safety: one thread. The destructor kills (SIGKILL) and reaps what still runs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/http_client.h"
#include "base/status.h"

namespace magpie::tests {

class ChildProcess {
 public:
  // argv[0] is a path. Standard output and error go to `log`, appended.
  static Result<ChildProcess> start(const std::vector<std::string>& argv, const std::filesystem::path& log);
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;
  // The exit status (128 + signal where one ended it), or nothing when it still runs after `patience`.
  [[nodiscard]] std::optional<int> wait(std::chrono::seconds patience);

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_ = -1;
};

// Runs to the end; the exit status, and everything it printed.
struct Finished {
  int status = -1;
  std::string output;
};
[[nodiscard]] Result<Finished> run_to_end(const std::vector<std::string>& argv, std::chrono::seconds patience);

// Waits for a `magpie serve` on `data` to answer /readyz with 200, and returns its address. Generous: machines are
// noisy.
[[nodiscard]] Result<app::HostPort> wait_until_ready(const std::filesystem::path& data, ChildProcess& server,
                                                     std::chrono::seconds patience);

// A fresh directory under the system's temporary directory, removed with everything in it at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace magpie::tests
