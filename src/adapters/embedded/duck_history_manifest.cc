#include "adapters/embedded/duck_history_manifest.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <utility>

namespace magpie::embedded {
namespace {

using nlohmann::json;

constexpr int kFormat = 2;        // Written.
constexpr int kOldestFormat = 1;  // Read: its files lack the column propensity.

bool before(const HistoryFile& a, const HistoryFile& b) {
  return std::tie(a.day, a.number) < std::tie(b.day, b.number);
}

std::optional<Day> from_iso_date(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%u", &year, &month, &day) != 3) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return Day(date);
}

json to_json(const HistoryFile& file) {
  return {{"day", to_iso_date(file.day)},
          {"number", file.number},
          {"rows", file.rows},
          {"bytes", file.bytes},
          {"checksum", file.checksum}};
}

Result<HistoryFile> file_from(const json& value) {
  const auto text = value.at("day").get<std::string>();
  const auto day = from_iso_date(text);
  if (!day) return data_loss("'" + text + "' is no day");
  HistoryFile file;
  file.day = *day;
  file.number = value.at("number").get<std::uint64_t>();
  file.rows = value.at("rows").get<std::uint64_t>();
  file.bytes = value.at("bytes").get<std::uint64_t>();
  file.checksum = value.at("checksum").get<std::string>();
  return file;
}

Result<HistoryManifest> manifest_from(const json& value) {
  HistoryManifest manifest;
  manifest.next_number = value.at("next_number").get<std::uint64_t>();
  for (const json& partition : value.at("partitions")) {
    manifest.persisted[partition.at("partition").get<Partition>()] = partition.at("persisted").get<Offset>();
  }
  for (const json& entry : value.at("files")) {
    MAGPIE_ASSIGN_OR_RETURN(HistoryFile file, file_from(entry));
    manifest.files.push_back(std::move(file));
  }
  std::sort(manifest.files.begin(), manifest.files.end(), before);
  return manifest;
}

}  // namespace

std::string to_iso_date(Day day) {
  const std::chrono::year_month_day date(day);
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

std::filesystem::path HistoryFile::path() const {
  char name[48];
  std::snprintf(name, sizeof name, "part-%08llu.parquet", static_cast<unsigned long long>(number));
  return std::filesystem::path("day=" + to_iso_date(day)) / name;
}

void HistoryManifest::add(HistoryFile file) {
  const auto place = std::upper_bound(files.begin(), files.end(), file, before);
  files.insert(place, std::move(file));
}

void HistoryManifest::remove(std::uint64_t number) {
  std::erase_if(files, [&](const HistoryFile& file) { return file.number == number; });
}

std::string encode_manifest(const HistoryManifest& manifest) {
  json partitions = json::array();
  for (const auto& [partition, offset] : manifest.persisted) {
    partitions.push_back({{"partition", partition}, {"persisted", offset}});
  }
  json files = json::array();
  for (const HistoryFile& file : manifest.files) files.push_back(to_json(file));
  const json value = {{"format", kFormat},
                      {"next_number", manifest.next_number},
                      {"partitions", std::move(partitions)},
                      {"files", std::move(files)}};
  return value.dump(1) + "\n";
}

Result<HistoryManifest> decode_manifest(std::string_view bytes) {
  try {
    const json value = json::parse(bytes);
    const int format = value.at("format").get<int>();
    if (format < kOldestFormat || format > kFormat) {
      return failed_precondition("written in format " + std::to_string(format) + ", this program reads formats " +
                                 std::to_string(kOldestFormat) + " to " + std::to_string(kFormat));
    }
    return manifest_from(value);
  } catch (const json::exception& failure) {
    return data_loss(failure.what());
  }
}

}  // namespace magpie::embedded
