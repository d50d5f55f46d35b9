#include "adapters/embedded/event_log_keys.h"

namespace magpie::embedded {
namespace {

template <typename Number>
void put_big_endian(Number number, char* out) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    out[i] = static_cast<char>(number >> (8 * (sizeof(Number) - 1 - i)));
  }
}

std::uint64_t get_big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

}  // namespace

RecordKey record_key(Partition partition, Offset offset) {
  RecordKey key;
  put_big_endian(partition, key.data());
  put_big_endian(offset, key.data() + sizeof(partition));
  return key;
}

Offset offset_of(std::string_view key) { return get_big_endian(key.substr(sizeof(Partition))); }

std::string partitions_key() { return "log.partitions"; }
std::string begin_key(Partition partition) { return "log.begin." + std::to_string(partition); }
std::string end_key(Partition partition) { return "log.end." + std::to_string(partition); }

std::string number_value(std::uint64_t number) {
  std::string value(sizeof(number), '\0');
  put_big_endian(number, value.data());
  return value;
}

std::optional<std::uint64_t> parse_number(std::string_view value) {
  if (value.size() != sizeof(std::uint64_t)) return std::nullopt;
  return get_big_endian(value);
}

}  // namespace magpie::embedded
