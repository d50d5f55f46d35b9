#include "adapters/embedded/model_manifest.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/hash.h"

namespace magpie::embedded {
namespace {

using Json = nlohmann::json;  // Objects are ordered by key: the text of a value is canonical.

constexpr int kFormat = 1;
constexpr std::size_t kMaxNameLength = 64;

bool is_plain_file_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= kMaxNameLength && name.front() != '.' && name != "manifest.json" &&
         std::ranges::all_of(name, plain);
}

Json to_json(const ModelManifest& manifest) {
  const ModelInfo& info = manifest.info;
  Json artifacts = Json::object();
  for (const auto& [name, entry] : manifest.artifacts) {
    artifacts[name] = {{"bytes", entry.bytes}, {"checksum", entry.checksum}};
  }
  return {{"format", kFormat},
          {"version", info.version.get()},
          {"created_at_ms", to_unix_ms(info.created_at)},
          {"window", {{"start_ms", to_unix_ms(info.window_start)}, {"end_ms", to_unix_ms(info.window_end)}}},
          {"events", info.events},
          {"users", info.users},
          {"items", info.items},
          {"metrics", info.metrics},
          {"parameters", info.parameters},
          {"artifacts", std::move(artifacts)}};
}

ModelManifest from_json(const Json& json) {
  ModelManifest manifest;
  ModelInfo& info = manifest.info;
  info.version = ModelVersion(json.at("version").get<std::uint64_t>());
  info.created_at = from_unix_ms(json.at("created_at_ms").get<std::int64_t>());
  info.window_start = from_unix_ms(json.at("window").at("start_ms").get<std::int64_t>());
  info.window_end = from_unix_ms(json.at("window").at("end_ms").get<std::int64_t>());
  info.events = json.at("events").get<std::uint64_t>();
  info.users = json.at("users").get<std::uint64_t>();
  info.items = json.at("items").get<std::uint64_t>();
  info.metrics = json.at("metrics").get<std::map<std::string, double>>();
  info.parameters = json.at("parameters").get<std::map<std::string, std::string>>();
  for (const auto& [name, entry] : json.at("artifacts").items()) {
    manifest.artifacts[name] = {entry.at("bytes").get<std::uint64_t>(), entry.at("checksum").get<std::string>()};
  }
  return manifest;
}

std::string own_checksum(const Json& without_checksum) { return checksum128(without_checksum.dump()); }

// Takes the checksum out of the JSON and compares it with that of the rest.
Status verify(Json& json) {
  if (!json.is_object()) return data_loss("the manifest is no JSON object");
  const auto format = json.find("format");
  if (format == json.end() || !format->is_number_integer()) return data_loss("the manifest has no format");
  if (*format != kFormat) {
    return failed_precondition("the manifest has format " + format->dump() + "; this Magpie reads format " +
                               std::to_string(kFormat));
  }
  const auto stored = json.find("checksum");
  if (stored == json.end()) return data_loss("the manifest has no checksum");
  const Json checksum = *stored;
  json.erase(stored);
  if (checksum != own_checksum(json)) return data_loss("the manifest's checksum is wrong");
  return ok_status();
}

}  // namespace

Result<ModelManifest> make_model_manifest(const ModelInfo& info, const ModelArtifacts& artifacts) {
  for (const auto& [name, value] : info.metrics) {
    if (!std::isfinite(value)) return invalid_argument("metrics." + name, "must be finite");
  }
  ModelManifest manifest{info, {}};
  for (const auto& [name, bytes] : artifacts) {
    if (!is_plain_file_name(name)) return invalid_argument("artifacts", "not a plain file name: " + name);
    manifest.artifacts[name] = {bytes.size(), checksum128(bytes)};
  }
  return manifest;
}

Result<std::string> encode_model_manifest(const ModelManifest& manifest) {
  try {
    Json json = to_json(manifest);
    json["checksum"] = own_checksum(json);
    return json.dump(2) + "\n";
  } catch (const Json::exception& error) {
    return invalid_argument("parameters", error.what());
  }
}

Result<ModelManifest> decode_model_manifest(std::string_view text) {
  try {
    Json json = Json::parse(text);
    MAGPIE_RETURN_IF_ERROR(verify(json));
    return from_json(json);
  } catch (const Json::exception& error) {
    return data_loss(std::string("the manifest is damaged: ") + error.what());
  }
}

}  // namespace magpie::embedded
