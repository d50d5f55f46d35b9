// AlertCommand: hands alerts to a command of the operator's, which sends them on: by mail, to a chat, to a pager.
//
//   magpie serve --data d --set "pipeline.alert_command=curl -sS -H 'Content-Type: application/json' -d @- https://..."
//
// The shell gets the command line as it is configured, and the alert as one line of JSON on its standard input. Alerts
// are delivered one after the other from a thread of this object; what fails, hangs or is too much is logged, and no
// more.
// Thread-safe. The destructor drops what is not delivered yet.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "base/log.h"
#include "base/status.h"
#include "batch/pipeline/alert.h"

namespace magpie::app {

class AlertCommand {
 public:
  // An empty command line: alerts go nowhere.
  AlertCommand(std::string command_line, std::chrono::milliseconds patience, const Logger& logger);
  ~AlertCommand();
  AlertCommand(const AlertCommand&) = delete;
  AlertCommand& operator=(const AlertCommand&) = delete;

  void send(const batch::pipeline::Alert& alert);
  // Waits until everything sent before was tried.
  void drain();

 private:
  void work(const std::stop_token& stop);

  const std::string command_line_;
  const std::chrono::milliseconds patience_;
  const Logger logger_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::string> queue_;  // JSON; the front one is being delivered.
  std::jthread thread_;  // The last member: it uses all of the above.
};

// Runs `command_line` in the shell with `input` on its standard input. An error says why it was not a success: its exit
// status, or that it took longer than `patience`, and was killed with all that it had started.
[[nodiscard]] Status run_in_shell(const std::string& command_line, std::string_view input,
                                  std::chrono::milliseconds patience, const std::stop_token& stop);

}  // namespace magpie::app
