#include "base/log.h"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <utility>

namespace magpie {
namespace {

// UTC, milliseconds. The JSON pattern closes what message_line() opens.
constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %-7l %v";
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
    case LogLevel::kOff: return spdlog::level::off;
  }
  return spdlog::level::off;
}

std::shared_ptr<spdlog::logger> make_sink(std::shared_ptr<spdlog::sinks::sink> sink, LogFormat format) {
  auto logger = std::make_shared<spdlog::logger>("magpie", std::move(sink));
  logger->set_level(spdlog::level::trace);  // Logger::write has already decided.
  logger->set_pattern(format == LogFormat::kText ? kTextPattern : kJsonPattern, spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::trace);
  return logger;
}

// A JSON string: quotes, and escapes for whatever would break it or the line.
void append_quoted(std::string& line, std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  line.push_back('"');
  for (const char symbol : text) {
    const auto byte = static_cast<unsigned char>(symbol);
    if (symbol == '"' || symbol == '\\') {
      line.push_back('\\');
      line.push_back(symbol);
    } else if (symbol == '\n') {
      line.append("\\n");
    } else if (byte < 0x20 || byte == 0x7F) {
      line.append("\\u00");
      line.push_back(kDigits[byte >> 4]);
      line.push_back(kDigits[byte & 0xFU]);
    } else {
      line.push_back(symbol);
    }
  }
  line.push_back('"');
}

bool needs_quotes(std::string_view text) {
  for (const char symbol : text) {
    if (static_cast<unsigned char>(symbol) <= 0x20 || symbol == '"' || symbol == '=' || symbol == '\x7F') return true;
  }
  return text.empty();
}

void append_real(std::string& line, double value, LogFormat format) {
  // JSON has no numbers for NaN and the infinities.
  if (format == LogFormat::kJson && !std::isfinite(value)) return append_quoted(line, fmt::format("{}", value));
  fmt::format_to(std::back_inserter(line), "{}", value);
}

void append_value(std::string& line, const LogField::Value& value, LogFormat format) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (format == LogFormat::kJson || needs_quotes(*text)) return append_quoted(line, *text);
    line.append(*text);
  } else if (const auto* real = std::get_if<double>(&value)) {
    append_real(line, *real, format);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    line.append(*flag ? "true" : "false");
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    line.append(std::to_string(*number));
  } else {
    line.append(std::to_string(std::get<std::uint64_t>(value)));
  }
}

// A message keeps its spaces but not its line breaks: one line a message.
void append_message(std::string& line, std::string_view message) {
  for (const char symbol : message) line.push_back(static_cast<unsigned char>(symbol) < 0x20 ? ' ' : symbol);
}

std::string message_line(std::string_view message, Logger::Fields fields, LogFormat format) {
  std::string line;
  if (format == LogFormat::kText) {
    append_message(line, message);
  } else {
    line.append("\"message\":");
    append_quoted(line, message);
  }
  for (const LogField& field : fields) {
    if (format == LogFormat::kText) {
      line.append(" ").append(field.key).append("=");
    } else {
      line.append(",");
      append_quoted(line, field.key);
      line.append(":");
    }
    append_value(line, field.value, format);
  }
  return line;
}

}  // namespace

Logger::Logger(std::shared_ptr<spdlog::logger> sink, LogLevel level, LogFormat format)
    : sink_(std::move(sink)), level_(level), format_(format) {}

Logger Logger::to_stderr(LogLevel level, LogFormat format) {
  return {make_sink(std::make_shared<spdlog::sinks::stderr_sink_mt>(), format), level, format};
}

Logger Logger::to_stream(std::ostream& stream, LogLevel level, LogFormat format) {
  return {make_sink(std::make_shared<spdlog::sinks::ostream_sink_mt>(stream), format), level, format};
}

void Logger::write(LogLevel level, std::string_view message, Fields fields) const {
  if (level < level_) return;
  sink_->log(spdlog_level(level), "{}", message_line(message, fields, format_));
}

}  // namespace magpie
