#include "model/event_type.h"

#include <algorithm>
#include <cmath>

namespace magpie {
namespace {

constexpr std::size_t kMaxNameLength = 32;  // bytes

bool is_well_formed(std::string_view name) {
  const auto allowed = [](char symbol) {
    return (symbol >= 'a' && symbol <= 'z') || (symbol >= '0' && symbol <= '9') || symbol == '_';
  };
  return !name.empty() && name.size() <= kMaxNameLength && std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace

EventTypes::EventTypes()
    : infos_{{"view", 1}, {"click", 2},    {"add_to_cart", 4}, {"purchase", 8},
             {"like", 5}, {"dislike", -5}, {"impression", 0},  {"rating", 1}} {}

Status EventTypes::set(std::string_view name, double weight) {
  if (!is_well_formed(name)) return invalid_argument(std::string(name), "must be 1 to 32 of a-z, 0-9 and _");
  if (!std::isfinite(weight)) return invalid_argument(std::string(name), "must have a finite weight");
  if (const auto known = find(name)) {
    infos_[known->get()].weight = weight;
    return {};
  }
  if (infos_.size() == kMaxEventTypes) {
    return invalid_argument(std::string(name), "is one kind too many: at most " + std::to_string(kMaxEventTypes));
  }
  infos_.push_back({std::string(name), weight});
  return {};
}

std::optional<EventType> EventTypes::find(std::string_view name) const {
  for (std::size_t code = 0; code < infos_.size(); ++code) {
    if (infos_[code].name == name) return EventType(static_cast<std::uint8_t>(code));
  }
  return std::nullopt;
}

std::string EventTypes::names() const {
  std::string names;
  for (const EventTypeInfo& info : infos_) names.append(names.empty() ? "" : ", ").append(info.name);
  return names;
}

}  // namespace magpie
