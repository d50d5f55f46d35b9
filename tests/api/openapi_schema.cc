#include "tests/api/openapi_schema.h"

#include <yaml-cpp/yaml.h>

#include <stdexcept>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace magpie::api {
namespace {

using nlohmann::json;

json to_json(const YAML::Node& node);

// A quoted scalar is a string whatever it looks like.
json scalar_to_json(const YAML::Node& node) {
  const std::string text = node.Scalar();
  if (node.Tag() == "!") return text;
  if (text == "true" || text == "false") return text == "true";
  if (text == "null" || text == "~" || text.empty()) return nullptr;
  auto parsed = json::parse(text, nullptr, false);
  return parsed.is_number() ? parsed : json(text);
}

json to_json(const YAML::Node& node) {
  if (node.IsScalar()) return scalar_to_json(node);
  if (node.IsNull()) return nullptr;
  if (node.IsSequence()) {
    json list = json::array();
    for (const auto& element : node) list.push_back(to_json(element));
    return list;
  }
  json map = json::object();
  for (const auto& entry : node) map[entry.first.Scalar()] = to_json(entry.second);
  return map;
}

// Schemas do not refer to themselves, so that all can be written out.
json resolve(const json& value, const json& document, int depth = 0) {
  if (depth > 64) throw std::runtime_error("a $ref refers to itself");
  if (value.is_array()) {
    json list = json::array();
    for (const auto& element : value) list.push_back(resolve(element, document, depth + 1));
    return list;
  }
  if (!value.is_object()) return value;
  json map = json::object();
  if (const auto reference = value.find("$ref"); reference != value.end()) {
    const auto pointer = reference->get<std::string>();
    if (!pointer.starts_with("#/")) throw std::runtime_error("not a local $ref: " + pointer);
    map = resolve(document.at(json::json_pointer(pointer.substr(1))), document, depth + 1);
  }
  for (const auto& [name, member] : value.items()) {
    if (name != "$ref") map[name] = resolve(member, document, depth + 1);
  }
  return map;
}

}  // namespace

json load_openapi(const std::string& yaml) {
  const json document = to_json(YAML::Load(yaml));
  return resolve(document, document);
}

std::optional<std::string> mismatch(const json& schema, const json& value) {
  valijson::Schema compiled;
  valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(schema), compiled);
  valijson::ValidationResults results;
  if (valijson::Validator().validate(compiled, valijson::adapters::NlohmannJsonAdapter(value), &results)) return {};
  std::string text;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    for (const auto& part : error.context) text += part;
    text += ": " + error.description + "\n";
  }
  return text;
}

}  // namespace magpie::api
