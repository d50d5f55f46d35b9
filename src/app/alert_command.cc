#include "app/alert_command.h"

#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "base/file.h"

extern char** environ;

namespace magpie::app {
namespace {

using Milliseconds = std::chrono::milliseconds;
using Deadline = std::chrono::steady_clock::time_point;

constexpr std::size_t kQueue = 100;  // Alerts.
constexpr auto kPoll = Milliseconds(10);

// A process and its standard input. The destructor kills its group, and reaps.
class Shell {
 public:
  static Result<Shell> start(const std::string& command_line) {
    int pair[2];
    // A pair of sockets and not a pipe: writing to a command that does not read gives an error, and no signal.
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return failure("open a pair of sockets");
    FileDescriptor ours(pair[0]);
    const FileDescriptor theirs(pair[1]);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, theirs.get(), STDIN_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    // A group of its own, to be killed as a whole; signals as a program expects them.
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    std::string shell = "/bin/sh";
    std::string option = "-c";
    std::string line = command_line;
    char* const argv[] = {shell.data(), option.data(), line.data(), nullptr};
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, shell.c_str(), &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return unavailable(std::string("cannot start the shell: ") + std::strerror(error));
    return Shell(pid, std::move(ours));
  }
  ~Shell() {
    if (pid_ == 0) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Shell(Shell&& other) noexcept : pid_(std::exchange(other.pid_, 0)), input_(std::move(other.input_)) {}
  Shell& operator=(Shell&&) = delete;

  // Alerts are smaller than the buffer of a socket: this does not wait for the command.
  void give(std::string_view input) {
    static_cast<void>(::send(input_.get(), input.data(), input.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
    input_ = FileDescriptor();
  }
  // The wait status, once it has ended.
  std::optional<int> ended() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    pid_ = 0;
    return status;
  }

 private:
  Shell(pid_t pid, FileDescriptor input) : pid_(pid), input_(std::move(input)) {}
  static Error failure(const char* what) {
    return unavailable(std::string("cannot ") + what + ": " + std::strerror(errno));
  }

  pid_t pid_ = 0;
  FileDescriptor input_;
};

Status judge(int wait_status) {
  if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0) return {};
  if (WIFEXITED(wait_status)) return unavailable("exit status " + std::to_string(WEXITSTATUS(wait_status)));
  return unavailable("ended by signal " + std::to_string(WTERMSIG(wait_status)));
}

}  // namespace

Status run_in_shell(const std::string& command_line, std::string_view input, Milliseconds patience,
                    const std::stop_token& stop) {
  MAGPIE_ASSIGN_OR_RETURN(Shell shell, Shell::start(command_line));
  shell.give(input);
  const Deadline deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline && !stop.stop_requested()) {
    if (const auto status = shell.ended()) return judge(*status);
    std::this_thread::sleep_for(kPoll);
  }
  return Error(ErrorCode::kDeadlineExceeded, "not done within " + std::to_string(patience.count()) + " ms");
}

AlertCommand::AlertCommand(std::string command_line, Milliseconds patience, const Logger& logger)
    : command_line_(std::move(command_line)),
      patience_(patience),
      logger_(logger),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

AlertCommand::~AlertCommand() = default;

void AlertCommand::send(const batch::pipeline::Alert& alert) {
  if (command_line_.empty()) return;
  const std::lock_guard lock(mutex_);
  if (queue_.size() == kQueue) {
    return logger_.warning("alert dropped: too many wait", {{"run", alert.run.get()}, {"message", alert.message}});
  }
  queue_.push_back(to_json(alert) + "\n");
  changed_.notify_all();
}

void AlertCommand::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.empty(); });
}

void AlertCommand::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !queue_.empty(); })) {
    const std::string alert = queue_.front();
    lock.unlock();
    const Status sent = run_in_shell(command_line_, alert, patience_, stop);
    if (!sent.ok()) logger_.warning("alert not delivered", {{"reason", sent.error().to_string()}, {"alert", alert}});
    lock.lock();
    queue_.pop_front();
    changed_.notify_all();
    if (stop.stop_requested()) return;
  }
}

}  // namespace magpie::app
