// Logger: one line a message, with key=value fields, as text for people or as JSON Lines for machines.
//
//   logger.info("model loaded", {{"version", 7}, {"items", 1682}, {"took_ms", 12.5}});
//
// A Logger is a value: components get one when they are built. Copies write to the same place.
// Thread-safe; a line is written whole. A failure to write is not reported: logging never fails its caller.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace spdlog {
class logger;
}

namespace magpie {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };
enum class LogFormat { kText, kJson };

struct LogField {
  using Value = std::variant<std::string, std::int64_t, std::uint64_t, double, bool>;

  LogField(std::string_view name, std::string_view text) : key(name), value(std::string(text)) {}
  LogField(std::string_view name, const char* text) : key(name), value(std::string(text)) {}
  LogField(std::string_view name, const std::string& text) : key(name), value(text) {}
  LogField(std::string_view name, bool flag) : key(name), value(flag) {}
  LogField(std::string_view name, std::floating_point auto number) : key(name), value(static_cast<double>(number)) {}
  LogField(std::string_view name, std::signed_integral auto number)
      : key(name), value(static_cast<std::int64_t>(number)) {}
  LogField(std::string_view name, std::unsigned_integral auto number)
      : key(name), value(static_cast<std::uint64_t>(number)) {}

  std::string_view key;  // A literal: it must outlive the call.
  Value value;
};

class Logger {
 public:
  using Fields = std::initializer_list<LogField>;

  [[nodiscard]] static Logger to_stderr(LogLevel level, LogFormat format);
  // The stream must outlive every copy of the logger.
  [[nodiscard]] static Logger to_stream(std::ostream& stream, LogLevel level, LogFormat format);

  void debug(std::string_view message, Fields fields = {}) const { write(LogLevel::kDebug, message, fields); }
  void info(std::string_view message, Fields fields = {}) const { write(LogLevel::kInfo, message, fields); }
  void warning(std::string_view message, Fields fields = {}) const { write(LogLevel::kWarning, message, fields); }
  void error(std::string_view message, Fields fields = {}) const { write(LogLevel::kError, message, fields); }

 private:
  Logger(std::shared_ptr<spdlog::logger> sink, LogLevel level, LogFormat format);
  void write(LogLevel level, std::string_view message, Fields fields) const;

  std::shared_ptr<spdlog::logger> sink_;
  LogLevel level_;
  LogFormat format_;
};

}  // namespace magpie
