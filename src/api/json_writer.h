// JsonWriter: appends JSON to a string, without a document in between.
//
// Commas are placed by the writer; that keys and values alternate, and that what begins ends, is the caller's duty.
// Strings are escaped (RFC 8259); what is no valid UTF-8 is replaced by U+FFFD, so the output always is.
// Thread-safety: one writer a thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace magpie::api {

class JsonWriter {
 public:
  // Appends to `out`, which must outlive the writer. Precondition: `out` is empty, or ends where a value may begin.
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);

  JsonWriter& string(std::string_view text);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& unsigned_integer(std::uint64_t value);
  // The shortest form that reads back as the same value; null for NaN and infinities, which JSON lacks.
  JsonWriter& number(double value);
  JsonWriter& number(float value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();

  JsonWriter& strings(std::span<const std::string> texts);
  // key() and string() in one.
  JsonWriter& field(std::string_view name, std::string_view text) { return key(name).string(text); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();

  std::string& out_;
};

}  // namespace magpie::api
