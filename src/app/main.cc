// magpie: the one program. See `magpie --help`.

#include <google/protobuf/stubs/logging.h>

#include <cstdio>
#include <exception>
#include <memory>
#include <vector>

#include "app/command.h"

namespace magpie::app {
namespace {

constexpr auto kAbout =
    "Magpie recommends. It takes in what people do, and says what to show them next.\n\n"
    "A first session:\n"
    "  magpie import --data d --items items.csv --events events.csv\n"
    "  magpie serve  --data d                       # trains by itself, then answers on 127.0.0.1:8080\n"
    "  magpie recommend --data d --user 42          # asks the running server\n";

int run(int argc, char** argv) {
  CLI::App app(kAbout, "magpie");
  app.set_version_flag("--version", MAGPIE_VERSION);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::help);
  std::vector<std::unique_ptr<Command>> commands;
  for (const auto make : {make_serve_command, make_import_command, make_train_command, make_pipeline_command,
                          make_task_command, make_evaluate_command, make_models_command, make_recommend_command,
                          make_inspect_command, make_config_command}) {
    commands.push_back(make(app));
  }
  CLI11_PARSE(app, argc, argv);
  for (const auto& command : commands) {
    if (!command->chosen()) continue;
    const auto status = command->execute();
    if (status.ok()) return 0;
    std::fprintf(stderr, "magpie: %s\n", status.to_string().c_str());
    return status.error().code() == ErrorCode::kInvalidArgument ? 2 : 1;
  }
  return 2;
}

}  // namespace
}  // namespace magpie::app

int main(int argc, char** argv) {
  // Or every request with malformed text would write a line of its own to standard error; it is refused by name anyway.
  google::protobuf::SetLogHandler(nullptr);
  try {
    return magpie::app::run(argc, argv);
  } catch (const std::exception& error) {  // The last edge: what no folder should have let through.
    std::fprintf(stderr, "magpie: %s\n", error.what());
    return 1;
  }
}
