// magpie config: every setting with its type, unit, bounds, default, value and where the value came from.

#include <cstdio>
#include <string>

#include "app/command.h"

namespace magpie::app {
namespace {

// Sections of a TOML file that sets everything to what it is now, explained.
void print_toml(const Properties& properties) {
  std::string section;
  for (const auto* property : properties.all()) {
    const auto& name = property->name();
    const auto dot = name.find('.');
    if (name.substr(0, dot) != section) {
      section = name.substr(0, dot);
      std::printf("\n[%s]\n", section.c_str());
    }
    const auto& info = property->info();
    std::string kind(to_string(property->type()));
    if (!info.unit.empty()) kind += ", " + info.unit;
    if (!property->bounds().empty()) kind += ", " + property->bounds();
    std::printf("# %s.\n#   %s; default %s; from %s; %s\n", info.description.c_str(), kind.c_str(),
                property->default_text().c_str(), std::string(to_string(property->source())).c_str(),
                property->environment_name().c_str());
    const auto type = property->type();
    const bool bare = type == PropertyType::kBool || type == PropertyType::kInteger || type == PropertyType::kReal;
    const bool table = type == PropertyType::kRealMap;
    std::printf("%s = %s%s%s\n", name.substr(dot + 1).c_str(),
                bare    ? ""
                : table ? "{"
                        : "\"",
                property->value_text().c_str(),
                bare    ? ""
                : table ? "}"
                        : "\"");
  }
}

class ConfigCommand final : public Command {
 public:
  explicit ConfigCommand(CLI::App& parent)
      : Command(parent, "config", "Show every setting: type, unit, bounds, default, value and its source",
                "  magpie config --data d                    # all of them, as a TOML file\n"
                "  magpie config --data d > magpie.toml      # a file to edit, for --config\n"
                "  magpie config --data d --set als.factors=128 --config magpie.toml\n"
                "Later sources win: --config FILE, then MAGPIE_SECTION_KEY, then --set section.key=value.") {}

 private:
  Status run(const Settings& settings) override {
    print_toml(settings.properties);
    return {};
  }
};

}  // namespace

std::unique_ptr<Command> make_config_command(CLI::App& parent) { return std::make_unique<ConfigCommand>(parent); }

}  // namespace magpie::app
