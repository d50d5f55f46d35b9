#include "model/type_names.h"

#include <algorithm>
#include <string_view>

namespace magpie {

std::array<std::uint8_t, kMaxEventTypes> write_type_names(const TypeSet& used, const EventTypes& types,
                                                          ByteWriter& writer) {
  std::array<std::uint8_t, kMaxEventTypes> sorted{};  // Codes, ascending by name.
  std::uint8_t count = 0;
  for (std::uint8_t code = 0; code < kMaxEventTypes; ++code) {
    if (used[code]) sorted[count++] = code;
  }
  std::sort(sorted.begin(), sorted.begin() + count,
            [&types](std::uint8_t a, std::uint8_t b) { return types[EventType(a)].name < types[EventType(b)].name; });
  std::array<std::uint8_t, kMaxEventTypes> position{};
  writer.number(count);
  for (std::uint8_t i = 0; i < count; ++i) {
    position[sorted[i]] = i;
    writer.text<std::uint8_t>(types[EventType(sorted[i])].name);
  }
  return position;
}

Result<StoredTypes> read_type_names(ByteReader& reader, const EventTypes& types) {
  std::uint8_t count = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(count));
  if (count > kMaxEventTypes) return data_loss("too many kinds of event");
  StoredTypes stored;
  stored.reserve(count);
  std::string_view previous;
  for (std::uint8_t i = 0; i < count; ++i) {
    std::string_view name;
    MAGPIE_RETURN_IF_ERROR(reader.text<std::uint8_t>(name));
    if (name <= previous) return data_loss("the kinds of event are not in order");
    stored.push_back(types.find(name));
    previous = name;
  }
  return stored;
}

}  // namespace magpie
