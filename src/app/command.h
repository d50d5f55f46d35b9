// The subcommands of magpie: each declares its options on the command line and says what it does.
//
// A command runs in three steps: options are parsed, settings are loaded (file, environment, flags), then run() works.
// Results go to standard output, everything else to standard error.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/settings.h"
#include "base/status.h"

namespace magpie::app {

class Command {
 public:
  Command(CLI::App& parent, const std::string& name, const std::string& description, const std::string& examples);
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  virtual ~Command() = default;

  [[nodiscard]] bool chosen() const { return app_->parsed(); }
  // Loads the settings and works.
  [[nodiscard]] Status execute();

 protected:
  [[nodiscard]] virtual Status run(const Settings& settings) = 0;
  // Options that stand for a setting, such as --listen: name and value, applied after --set.
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> setting_flags() const { return {}; }

  [[nodiscard]] CLI::App& app() { return *app_; }
  [[nodiscard]] const std::filesystem::path& data() const { return data_; }

 private:
  CLI::App* app_;  // Owned by the parent.
  std::filesystem::path data_;
  std::filesystem::path config_;
  std::vector<std::string> set_;
};

[[nodiscard]] std::unique_ptr<Command> make_serve_command(CLI::App& parent);
[[nodiscard]] std::unique_ptr<Command> make_import_command(CLI::App& parent);
[[nodiscard]] std::unique_ptr<Command> make_train_command(CLI::App& parent);
[[nodiscard]] std::unique_ptr<Command> make_evaluate_command(CLI::App& parent);
[[nodiscard]] std::unique_ptr<Command> make_models_command(CLI::App& parent);
[[nodiscard]] std::unique_ptr<Command> make_pipeline_command(CLI::App& parent);
[[nodiscard]] std::unique_ptr<Command> make_task_command(CLI::App& parent);
[[nodiscard]] std::unique_ptr<Command> make_recommend_command(CLI::App& parent);
[[nodiscard]] std::unique_ptr<Command> make_inspect_command(CLI::App& parent);
[[nodiscard]] std::unique_ptr<Command> make_config_command(CLI::App& parent);

}  // namespace magpie::app
