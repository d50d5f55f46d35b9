#include "batch/search_trials_file.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "base/file.h"

namespace magpie::batch {
namespace {

using Json = nlohmann::json;  // Objects are ordered by key: the text of a value is canonical.

constexpr int kFormat = 1;

Json space_json(const SearchSpace& space) {
  Json json = Json::array();
  for (const SearchParameter& parameter : space) {
    json.push_back({{"name", parameter.name},
                    {"scale", static_cast<int>(parameter.scale)},
                    {"low", parameter.low},
                    {"high", parameter.high}});
  }
  return json;
}

std::string header_line(const SearchSpace& space, const ParameterSearchSettings& settings) {
  const Json json{{"format", kFormat},
                  {"context", settings.context},
                  {"space", space_json(space)},
                  {"start", settings.sequence.start},
                  {"exploration", settings.sequence.exploration},
                  {"seed", settings.sequence.seed}};
  return json.dump() + "\n";
}

std::string trial_line(std::size_t number, const SearchTrial& trial) {
  const Json json{
      {"trial", number}, {"parameters", trial.parameters}, {"metric", trial.metric}, {"took_ms", trial.took.count()}};
  return json.dump() + "\n";
}

// Nothing where the line is not what trial_line() writes.
std::optional<SearchTrial> parse_trial(std::string_view line, std::size_t number) {
  try {
    const Json json = Json::parse(line);
    if (json.at("trial").get<std::size_t>() != number) return std::nullopt;
    return SearchTrial{json.at("parameters").get<ParameterValues>(), json.at("metric").get<double>(),
                       Duration(json.at("took_ms").get<std::int64_t>())};
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

SearchTrialsFile::SearchTrialsFile(std::filesystem::path path, std::string header)
    : path_(std::move(path)), header_(std::move(header)) {}

Result<SearchTrialsFile> SearchTrialsFile::open(std::filesystem::path path, const SearchSpace& space,
                                                const ParameterSearchSettings& settings) {
  SearchTrialsFile file(std::move(path), header_line(space, settings));
  MAGPIE_RETURN_IF_ERROR(file.read());
  return file;
}

Status SearchTrialsFile::read() {
  const auto bytes = read_file(path_);
  if (!bytes.ok() && bytes.error().code() == ErrorCode::kNotFound) return {};
  MAGPIE_RETURN_IF_ERROR(bytes.status());
  std::string_view rest = *bytes;
  if (!rest.starts_with(header_)) return {};
  rest.remove_prefix(header_.size());
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    auto trial = parse_trial(rest.substr(0, end), trials_.size());
    if (!trial) return {};
    trials_.push_back(std::move(*trial));
    rest.remove_prefix(end + 1);
  }
  return {};
}

// The whole of it by one rename: a few dozen lines, beside trials that take seconds.
Status SearchTrialsFile::put(std::size_t number, SearchTrial trial) {
  trials_.resize(number);
  trials_.push_back(std::move(trial));
  std::string text = header_;
  for (std::size_t i = 0; i < trials_.size(); ++i) text += trial_line(i, trials_[i]);
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(path_.parent_path()));
  return write_file_atomically(path_, text);
}

}  // namespace magpie::batch
