#include "app/command.h"

#include <utility>

namespace magpie::app {

Command::Command(CLI::App& parent, const std::string& name, const std::string& description, const std::string& examples)
    : app_(parent.add_subcommand(name, description)) {
  app_->footer("Examples:\n" + examples);
  app_->add_option("--data", data_, "Directory that holds everything: log, features, history, models")
      ->required()
      ->type_name("DIR");
  app_->add_option("--config", config_, "Settings, as TOML (see `magpie config`)")
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  app_->add_option("--set", set_, "One setting, stronger than the file and MAGPIE_* (repeatable)")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

Status Command::execute() {
  std::vector<std::pair<std::string, std::string>> flags;
  for (const auto& assignment : set_) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos) return invalid_argument("--set", "'" + assignment + "' is not NAME=VALUE");
    flags.emplace_back(assignment.substr(0, equals), assignment.substr(equals + 1));
  }
  for (auto& flag : setting_flags()) flags.push_back(std::move(flag));
  Settings settings;
  MAGPIE_RETURN_IF_ERROR(settings.load(config_, process_environment, flags));
  return run(settings);
}

}  // namespace magpie::app
