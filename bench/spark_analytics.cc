#include "spark_analytics.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace magpie::bench {
namespace {

using nlohmann::json;

json to_json(const AnalyticsQuery& query) {
  json tables = json::array();
  for (const AnalyticsTable& table : query.tables) {
    tables.push_back({{"name", table.name}, {"location", table.location.string()}});
  }
  json views = json::array();
  for (const AnalyticsView& view : query.views) views.push_back({{"name", view.name}, {"sql", view.sql}});
  return {{"tables", std::move(tables)}, {"views", std::move(views)}, {"sql", query.sql}};
}

AnalyticsColumn column_from(const json& column) {
  TextColumn texts;
  IntegerColumn integers;
  for (const json& value : column.at("values")) {
    if (value.is_string()) {
      texts.emplace_back(value.get<std::string>());
    } else if (value.is_null()) {
      integers.emplace_back(std::nullopt);
    } else {
      integers.emplace_back(value.get<std::int64_t>());
    }
  }
  if (!texts.empty()) return {column.at("name").get<std::string>(), std::move(texts)};
  return {column.at("name").get<std::string>(), std::move(integers)};
}

[[noreturn]] void become(const SparkSettings& settings, int requests, int answers) {
  const int log = ::open(settings.log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(requests, STDIN_FILENO);
  ::dup2(answers, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::setenv("PYTHONPATH", settings.pyspark.c_str(), 1);
  ::execlp("python3", "python3", settings.job.c_str(), "--memory", settings.memory.c_str(), nullptr);
  ::_exit(127);
}

}  // namespace

Result<std::unique_ptr<SparkAnalytics>> SparkAnalytics::start(const SparkSettings& settings, Analytics& local) {
  std::array<int, 2> requests{};
  std::array<int, 2> answers{};
  if (::pipe2(requests.data(), O_CLOEXEC) != 0) return resource_exhausted("no pipe for Spark");
  if (::pipe2(answers.data(), O_CLOEXEC) != 0) return resource_exhausted("no pipe for Spark");
  const pid_t pid = ::fork();
  if (pid == 0) become(settings, requests[0], answers[1]);
  ::close(requests[0]);
  ::close(answers[1]);
  if (pid < 0) return resource_exhausted("cannot start Spark");
  return std::unique_ptr<SparkAnalytics>(new SparkAnalytics(local, pid, requests[1], answers[0]));
}

SparkAnalytics::~SparkAnalytics() {
  ::close(requests_);  // The job ends at the end of its input.
  ::close(answers_);
  ::waitpid(pid_, nullptr, 0);
}

Result<std::string> SparkAnalytics::ask(const std::string& request) {
  const std::string line = request + "\n";
  for (std::size_t sent = 0; sent < line.size();) {
    const ssize_t count = ::write(requests_, line.data() + sent, line.size() - sent);
    if (count < 0 && errno != EINTR) return unavailable("Spark takes no more requests");
    if (count > 0) sent += static_cast<std::size_t>(count);
  }
  std::array<char, 65536> buffer{};
  std::size_t end = 0;
  while ((end = pending_.find('\n')) == std::string::npos) {
    const ssize_t count = ::read(answers_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return unavailable("Spark has ended");
    pending_.append(buffer.data(), static_cast<std::size_t>(count));
  }
  std::string answer = pending_.substr(0, end);
  pending_.erase(0, end + 1);
  return answer;
}

Result<AnalyticsTableSize> SparkAnalytics::write(const AnalyticsQuery& query, const std::filesystem::path& to) {
  json request = to_json(query);
  request["to"] = to.string();
  MAGPIE_ASSIGN_OR_RETURN(const std::string text, ask(request.dump()));
  const json answer = json::parse(text);
  if (answer.contains("error")) return internal_error(answer["error"].get<std::string>());
  return AnalyticsTableSize{answer.at("rows").get<std::uint64_t>(), 0};
}

Status SparkAnalytics::visit(const AnalyticsQuery& query, const VisitRows& visit) {
  MAGPIE_ASSIGN_OR_RETURN(const std::string text, ask(to_json(query).dump()));
  const json answer = json::parse(text);
  if (answer.contains("error")) return internal_error(answer["error"].get<std::string>());
  AnalyticsRows rows;
  for (const json& column : answer.at("columns")) rows.columns.push_back(column_from(column));
  return rows.size() == 0 ? ok_status() : visit(rows);
}

}  // namespace magpie::bench
