#include "adapters/embedded/model_aliases_file.h"

#include "adapters/embedded/sealed_json.h"

namespace magpie::embedded {
namespace {

using Json = nlohmann::json;

constexpr int kFormat = 1;

Json to_json(const ModelAliases& aliases) {
  Json json = Json::object();
  if (aliases.production) json["production"] = aliases.production->get();
  if (aliases.previous) json["previous"] = aliases.previous->get();
  if (const auto& canary = aliases.canary) {
    json["canary"] = {{"version", canary->version.get()},
                      {"share", canary->share},
                      {"started_at_ms", to_unix_ms(canary->started_at)},
                      {"share_since_ms", to_unix_ms(canary->share_since)}};
  }
  if (const auto& rejected = aliases.rejected) {
    json["rejected"] = {
        {"version", rejected->version.get()}, {"at_ms", to_unix_ms(rejected->at)}, {"reason", rejected->reason}};
  }
  return json;
}

ModelVersion version_in(const Json& json) { return ModelVersion(json.get<std::uint64_t>()); }
Timestamp time_in(const Json& json) { return from_unix_ms(json.get<std::int64_t>()); }

ModelAliases from_json(const Json& json) {
  ModelAliases aliases;
  if (json.contains("production")) aliases.production = version_in(json.at("production"));
  if (json.contains("previous")) aliases.previous = version_in(json.at("previous"));
  if (json.contains("canary")) {
    const Json& canary = json.at("canary");
    aliases.canary = Canary{version_in(canary.at("version")), canary.at("share").get<double>(),
                            time_in(canary.at("started_at_ms")), time_in(canary.at("share_since_ms"))};
  }
  if (json.contains("rejected")) {
    const Json& rejected = json.at("rejected");
    aliases.rejected = RejectedCanary{version_in(rejected.at("version")), time_in(rejected.at("at_ms")),
                                      rejected.at("reason").get<std::string>()};
  }
  return aliases;
}

}  // namespace

std::string encode_model_aliases(const ModelAliases& aliases) { return seal_json(to_json(aliases), kFormat); }

Result<ModelAliases> decode_model_aliases(std::string_view text) {
  const std::string noun = "the file of the model aliases";
  MAGPIE_ASSIGN_OR_RETURN(const Json json, open_sealed_json(text, kFormat, noun));
  try {
    ModelAliases aliases = from_json(json);
    const Status valid = validate(aliases);
    if (valid.ok()) return aliases;
    return data_loss(noun + " contradicts itself: " + valid.error().to_string());
  } catch (const Json::exception& error) {
    return data_loss(noun + " is damaged: " + error.what());
  }
}

}  // namespace magpie::embedded
