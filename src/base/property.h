// Properties: every setting of the program as an object that explains itself.
//
//   struct AlsConfig {
//     explicit AlsConfig(Properties& all)
//         : factors(all, {.name = "als.factors", .description = "Length of a factor vector"}, 64, {1, 1024}) {}
//     Property<std::int64_t> factors;
//   };
//
// A property registers itself where it is built; the registry then gives it its value from, in this order, a TOML file,
// the environment (als.factors: MAGPIE_ALS_FACTORS) and the command line: the later source wins. After redpanda's
// config/property.h.
// Thread-safety: values are loaded before the threads start; then everything here is read only, from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/status.h"

namespace magpie {

enum class PropertySource { kDefault, kFile, kEnvironment, kFlag };
enum class PropertyType { kBool, kInteger, kReal, kString, kDuration, kChoice, kRealMap };
enum class Secret : bool { kNo, kYes };
// Whether a change takes effect only at the next start.
enum class NeedsRestart : bool { kNo, kYes };

[[nodiscard]] std::string_view to_string(PropertySource source);  // "default", "file", "environment", "flag"
[[nodiscard]] std::string_view to_string(PropertyType type);  // "bool", "integer", ...

// "250ms", "10s", "5m", "24h", "90d"; parts add up ("1h30m"). The field of an error is empty.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);
// The shortest form that parse_duration reads back to the same: "1h30m", "0s".
[[nodiscard]] std::string format_duration(Duration duration);

struct PropertyInfo {
  std::string name;  // "section.key", both of [a-z0-9_]
  std::string description;
  std::string unit = "";  // "items", "bytes"; empty where there is none or the type says it.
  NeedsRestart needs_restart = NeedsRestart::kYes;
  Secret secret = Secret::kNo;
};

class Properties;

// What all properties have in common. Neither copied nor moved: the registry knows its address.
class PropertyBase {
 public:
  PropertyBase(Properties& registry, PropertyInfo info, PropertyType type);
  PropertyBase(const PropertyBase&) = delete;
  PropertyBase& operator=(const PropertyBase&) = delete;
  virtual ~PropertyBase() = default;

  [[nodiscard]] const PropertyInfo& info() const { return info_; }
  [[nodiscard]] const std::string& name() const { return info_.name; }
  [[nodiscard]] PropertyType type() const { return type_; }
  [[nodiscard]] PropertySource source() const { return source_; }
  [[nodiscard]] std::string environment_name() const;  // MAGPIE_SECTION_KEY

  // "1 to 1024", "text, json"; empty: none.
  [[nodiscard]] virtual std::string bounds() const = 0;
  [[nodiscard]] virtual std::string default_text() const = 0;
  // A secret that is set reads "(secret)".
  [[nodiscard]] std::string value_text() const;

  // kInvalidArgument names the property, the text and the bounds; the value then stays as it was.
  [[nodiscard]] Status set(std::string_view text, PropertySource source);

 protected:
  // The new value, or why not; the field of the error is empty.
  [[nodiscard]] virtual Status parse(std::string_view text) = 0;
  [[nodiscard]] virtual std::string current_text() const = 0;

 private:
  PropertyInfo info_;
  PropertyType type_;
  PropertySource source_ = PropertySource::kDefault;
};

// What a value may be: inclusive bounds for numbers and durations, a list for choices, nothing for the rest.
template <typename T>
struct PropertyBounds {
  std::optional<T> minimum;
  std::optional<T> maximum;
};

using RealMap = std::map<std::string, double>;

// T: bool, std::int64_t, double, std::string, Duration, or RealMap ("view=1,click=2", in TOML a table of numbers). A
// RealMap keeps the entries that a source does not mention; takes no bounds.
template <typename T>
class Property final : public PropertyBase {
 public:
  Property(Properties& registry, PropertyInfo info, T default_value, PropertyBounds<T> bounds = {});

  [[nodiscard]] const T& operator()() const { return value_; }
  [[nodiscard]] std::string bounds() const override;
  [[nodiscard]] std::string default_text() const override;

 private:
  Status parse(std::string_view text) override;
  std::string current_text() const override;

  T default_;
  T value_;
  PropertyBounds<T> bounds_;
};

extern template class Property<bool>;
extern template class Property<std::int64_t>;
extern template class Property<double>;
extern template class Property<std::string>;
extern template class Property<Duration>;
extern template class Property<RealMap>;

// One of a few words, each standing for a value of Enum.
template <typename Enum>
class ChoiceProperty final : public PropertyBase {
 public:
  using Choices = std::vector<std::pair<std::string, Enum>>;

  // Precondition: `default_value` is among the choices.
  ChoiceProperty(Properties& registry, PropertyInfo info, Enum default_value, Choices choices)
      : PropertyBase(registry, std::move(info), PropertyType::kChoice),
        choices_(std::move(choices)),
        default_(default_value),
        value_(default_value) {}

  [[nodiscard]] Enum operator()() const { return value_; }
  [[nodiscard]] std::string bounds() const override {
    std::string words;
    for (const auto& [word, value] : choices_) words.append(words.empty() ? "" : ", ").append(word);
    return words;
  }
  [[nodiscard]] std::string default_text() const override { return word_of(default_); }

 private:
  Status parse(std::string_view text) override {
    for (const auto& [word, value] : choices_) {
      if (word != text) continue;
      value_ = value;
      return {};
    }
    return invalid_argument("", "must be one of " + bounds());
  }
  std::string current_text() const override { return word_of(value_); }
  std::string word_of(Enum wanted) const {
    for (const auto& [word, value] : choices_) {
      if (value == wanted) return word;
    }
    return {};
  }

  Choices choices_;
  Enum default_;
  Enum value_;
};

// The registry. Outlives none of its properties' uses: build it first, in the same scope as they are.
class Properties {
 public:
  using Environment = std::function<std::optional<std::string>(const std::string& name)>;
  using Flags = std::span<const std::pair<std::string, std::string>>;  // Property name, value.

  Properties() = default;
  Properties(const Properties&) = delete;
  Properties& operator=(const Properties&) = delete;

  // Each stops at the first mistake, names it with its place ("magpie.toml:12: als.factros: no such property").
  [[nodiscard]] Status load_file(const std::filesystem::path& path);
  [[nodiscard]] Status load_environment(const Environment& environment);
  [[nodiscard]] Status load_flags(Flags flags);

  // nullptr where there is none.
  [[nodiscard]] PropertyBase* find(std::string_view name) const;
  // In the order of registration.
  [[nodiscard]] std::span<PropertyBase* const> all() const { return properties_; }

 private:
  friend class PropertyBase;
  std::vector<PropertyBase*> properties_;
};

// The environment of the process.
[[nodiscard]] std::optional<std::string> process_environment(const std::string& name);

}  // namespace magpie
