#include "api/json_error.h"

#include <nlohmann/json.hpp>

namespace magpie::api {
namespace {

using Json = nlohmann::json;

// Accepts everything and remembers the first fault.
class FaultFinder final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const Json::exception& error) override {
    fault_ = error.what();
    return false;
  }

  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  std::string fault_;
};

// "[json.exception.parse_error.101] parse error at line 1, column 5: ..." -> "at line 1, column 5: ...".
std::string_view without_prefix(std::string_view fault) {
  static constexpr std::string_view kPrefix = "parse error ";
  const auto at = fault.find(kPrefix);
  return at == std::string_view::npos ? fault : fault.substr(at + kPrefix.size());
}

}  // namespace

std::optional<std::string> find_json_fault(std::string_view text) {
  FaultFinder finder;
  if (Json::sax_parse(text.begin(), text.end(), &finder)) return std::nullopt;
  return "malformed JSON " + std::string(without_prefix(finder.fault()));
}

}  // namespace magpie::api
