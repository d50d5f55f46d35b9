#include "adapters/embedded/sealed_json.h"

#include <utility>

#include "base/hash.h"

namespace magpie::embedded {
namespace {

using Json = nlohmann::json;  // Objects are ordered by key: the text of a value is canonical.

std::string own_checksum(const Json& without_checksum) { return checksum128(without_checksum.dump()); }

}  // namespace

std::string seal_json(Json object, int format) {
  object["format"] = format;
  object["checksum"] = own_checksum(object);
  return object.dump(2) + "\n";
}

Result<Json> open_sealed_json(std::string_view text, int format, const std::string& noun) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return data_loss(noun + " is no JSON object");
  const auto own_format = json.find("format");
  if (own_format == json.end() || !own_format->is_number_integer()) return data_loss(noun + " has no format");
  if (*own_format != format) {
    return failed_precondition(noun + " has format " + own_format->dump() + "; this Magpie reads format " +
                               std::to_string(format));
  }
  const auto stored = json.find("checksum");
  if (stored == json.end()) return data_loss(noun + " has no checksum");
  const Json checksum = *stored;
  json.erase(stored);
  if (checksum != own_checksum(json)) return data_loss(noun + "'s checksum is wrong");
  return json;
}

}  // namespace magpie::embedded
