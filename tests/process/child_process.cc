#include "process/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>
#include <utility>

#include "app/server_file.h"

namespace magpie::tests {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(20);

int exit_status(int raw) { return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw); }

[[noreturn]] void become(const std::vector<std::string>& argv, int log) {
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  std::vector<char*> pointers;
  for (const auto& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  ::execv(pointers[0], pointers.data());
  ::_exit(127);
}

std::string read_all(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& argv, const std::filesystem::path& log) {
  const int descriptor = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) return internal_error("cannot open " + log.string());
  const pid_t pid = ::fork();
  if (pid == 0) become(argv, descriptor);
  ::close(descriptor);
  if (pid < 0) return resource_exhausted("cannot fork");
  return ChildProcess(pid);
}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

void ChildProcess::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

std::optional<int> ChildProcess::wait(std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    int raw = 0;
    if (::waitpid(pid_, &raw, WNOHANG) == pid_) {
      pid_ = -1;
      return exit_status(raw);
    }
    if (std::chrono::steady_clock::now() > deadline) return std::nullopt;
    std::this_thread::sleep_for(kPoll);
  }
}

Result<Finished> run_to_end(const std::vector<std::string>& argv, std::chrono::seconds patience) {
  const TemporaryDirectory directory;
  const auto log = directory.path() / "output";
  MAGPIE_ASSIGN_OR_RETURN(auto child, ChildProcess::start(argv, log));
  const auto status = child.wait(patience);
  if (!status) return Error(ErrorCode::kDeadlineExceeded, argv[0] + " still runs; it printed: " + read_all(log));
  return Finished{*status, read_all(log)};
}

Result<app::HostPort> wait_until_ready(const std::filesystem::path& data, ChildProcess& server,
                                       std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    if (const auto status = server.wait(std::chrono::seconds(0))) {
      return failed_precondition("the server exited with " + std::to_string(*status));
    }
    // A file left by a killed server names another process: not ours.
    const auto file = app::read_server_file(data);
    if (file.ok() && file->pid == server.pid()) {
      const auto answer = app::HttpClient(file->http, std::chrono::seconds(10)).get("/readyz");
      if (answer.ok() && answer->status == 200) return file->http;
    }
    std::this_thread::sleep_for(kPoll);
  }
  return Error(ErrorCode::kDeadlineExceeded, "the server did not become ready");
}

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "magpie-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "mkdtemp " + pattern);
  }
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace magpie::tests
