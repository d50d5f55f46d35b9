// magpie train: one training through the API, with its progress, and what came out of it.

#include <unistd.h>

#include <cstdio>
#include <thread>

#include "app/command.h"
#include "app/server_connection.h"

namespace magpie::app {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(50);

// One line that is overwritten on a terminal; one line a stage elsewhere.
class ProgressLine {
 public:
  void show(const std::string& stage, double fraction) {
    const int percent = static_cast<int>(fraction * 100);
    if (terminal_) {
      std::fprintf(stderr, "\r\033[Kmagpie: training: %s %d%%", stage.c_str(), percent);
    } else if (stage != stage_) {
      std::fprintf(stderr, "magpie: training: %s\n", stage.c_str());
    }
    stage_ = stage;
  }
  void end() const {
    if (terminal_ && !stage_.empty()) std::fprintf(stderr, "\r\033[K");
  }

 private:
  const bool terminal_ = ::isatty(STDERR_FILENO) != 0;
  std::string stage_;
};

void print_model(const nlohmann::json& model) {
  std::printf("model v%llu: %llu events, %llu users, %llu items\n", model.value("version", 0ULL),
              model.value("events", 0ULL), model.value("users", 0ULL), model.value("items", 0ULL));
  const auto metrics = model.value("metrics", nlohmann::json::object());
  for (const auto& [name, value] : metrics.items()) {
    std::printf("  %-24s %.4f\n", name.c_str(), value.get<double>());
  }
}

class TrainCommand final : public Command {
 public:
  explicit TrainCommand(CLI::App& parent)
      : Command(parent, "train", "Train on the history and publish a model version",
                "  magpie train --data d                        # a running server on d trains and swaps it in\n"
                "  magpie train --data d --set als.factors=128  # settings count only where no server runs\n") {}

 private:
  Status run(const Settings& settings) override {
    MAGPIE_ASSIGN_OR_RETURN(const auto server, ServerConnection::open(data(), settings));
    MAGPIE_RETURN_IF_ERROR(server->http().call("POST", "/v1/training").status());
    ProgressLine line;
    while (true) {
      MAGPIE_ASSIGN_OR_RETURN(const auto status, server->get("/v1/training"));
      if (status.value("running", false)) {
        const auto progress = status.value("progress", nlohmann::json::object());
        line.show(progress.value("stage", std::string()), progress.value("fraction", 0.0));
        std::this_thread::sleep_for(kPoll);
        continue;
      }
      line.end();
      if (const auto error = status.find("last_error"); error != status.end() && !error->is_null()) {
        return failed_precondition(error->is_string() ? error->get<std::string>() : error->dump());
      }
      print_model(status.value("last", nlohmann::json::object()));
      return server->finish();
    }
  }
};

}  // namespace

std::unique_ptr<Command> make_train_command(CLI::App& parent) { return std::make_unique<TrainCommand>(parent); }

}  // namespace magpie::app
