// The sources of property values: TOML file, environment, flags.
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "base/file.h"
#include "base/property.h"

namespace magpie {
namespace {

constexpr std::size_t kMaxConfigurationBytes = 1 << 20;

std::string place(const std::string& file, const toml::source_region& region) {
  return file + ":" + std::to_string(region.begin.line) + ": ";
}

// Text that the property's own parser reads; nullopt where TOML's type is not the property's.
std::optional<std::string> scalar_text(const toml::node& node, PropertyType type) {
  const auto digits = [](const auto& value) {
    std::ostringstream text;
    text.precision(17);  // Reads back to the same double.
    text << value;
    return std::move(text).str();
  };
  switch (type) {
    case PropertyType::kBool:
      if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
      return std::nullopt;
    case PropertyType::kReal:
      if (const auto* real = node.as_floating_point()) return digits(real->get());
      [[fallthrough]];
    case PropertyType::kInteger:
      if (const auto* number = node.as_integer()) return digits(number->get());
      return std::nullopt;
    case PropertyType::kString:
    case PropertyType::kDuration:
    case PropertyType::kChoice:
      if (const auto* text = node.as_string()) return text->get();
      return std::nullopt;
    case PropertyType::kRealMap: return std::nullopt;
  }
  return std::nullopt;
}

// {view = 1, click = 2} as "view=1,click=2".
std::optional<std::string> map_text(const toml::table& table) {
  std::string text;
  for (const auto& [key, node] : table) {
    const auto value = scalar_text(node, PropertyType::kReal);
    if (!value || key.str().find_first_of(",=") != std::string_view::npos) return std::nullopt;
    text.append(text.empty() ? "" : ",").append(key.str()).append("=").append(*value);
  }
  return text;
}

Status load_node(const toml::node& node, PropertyBase& property, const std::string& where) {
  const toml::table* const table = node.as_table();
  const bool is_map = property.type() == PropertyType::kRealMap && table != nullptr;
  const auto text = is_map ? map_text(*table) : scalar_text(node, property.type());
  if (!text) return invalid_argument(where + property.name(), "must be a " + std::string(to_string(property.type())));
  const Status status = property.set(*text, PropertySource::kFile);
  return status.ok() ? Status() : invalid_argument(where + status.error().field(), status.error().message());
}

Status load_table(const toml::table& table, const std::string& prefix, const std::string& file,
                  const Properties& properties) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (PropertyBase* const property = properties.find(name)) {
      MAGPIE_RETURN_IF_ERROR(load_node(node, *property, place(file, node.source())));
    } else if (const toml::table* const section = node.as_table(); section != nullptr && prefix.empty()) {
      MAGPIE_RETURN_IF_ERROR(load_table(*section, name + ".", file, properties));
    } else {
      return invalid_argument(place(file, key.source()) + name, "no such property");
    }
  }
  return {};
}

}  // namespace

Status Properties::load_file(const std::filesystem::path& path) {
  MAGPIE_ASSIGN_OR_RETURN(const std::string text, read_file(path, kMaxConfigurationBytes));
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return invalid_argument(place(path.string(), error.source()) + "TOML", std::string(error.description()));
  }
  return load_table(parsed.table(), "", path.string(), *this);
}

Status Properties::load_environment(const Environment& environment) {
  for (PropertyBase* const property : properties_) {
    const auto text = environment(property->environment_name());
    if (!text) continue;
    const Status status = property->set(*text, PropertySource::kEnvironment);
    if (!status.ok()) return invalid_argument(property->environment_name(), status.error().message());
  }
  return {};
}

Status Properties::load_flags(Flags flags) {
  for (const auto& [name, text] : flags) {
    PropertyBase* const property = find(name);
    if (property == nullptr) return invalid_argument(name, "no such property");
    MAGPIE_RETURN_IF_ERROR(property->set(text, PropertySource::kFlag));
  }
  return {};
}

PropertyBase* Properties::find(std::string_view name) const {
  const auto found = std::find_if(properties_.begin(), properties_.end(),
                                  [name](const PropertyBase* property) { return property->name() == name; });
  return found == properties_.end() ? nullptr : *found;
}

std::optional<std::string> process_environment(const std::string& name) {
  // Read before the threads start (see the header), so that no setenv can run beside it.
  const char* const value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace magpie
