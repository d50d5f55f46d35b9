// The kinds of event, and what each one says about a user's taste.
//
// The seven built-in kinds have fixed codes; configured kinds follow in the order of the configuration. A code lives in
// memory only: stored and sent forms carry the name, so a changed configuration never changes what was recorded.
// Thread-safety: EventTypes is immutable once built.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/strong.h"

namespace magpie {

using EventType = Strong<std::uint8_t, struct EventTypeTag>;

inline constexpr EventType kView{0};
inline constexpr EventType kClick{1};
inline constexpr EventType kAddToCart{2};
inline constexpr EventType kPurchase{3};
inline constexpr EventType kLike{4};
inline constexpr EventType kDislike{5};
inline constexpr EventType kImpression{6};
inline constexpr std::size_t kBuiltInEventTypes = 7;
inline constexpr std::size_t kMaxEventTypes = 32;

struct EventTypeInfo {
  std::string name;
  double weight = 1.0;  // Preference of one event in training and affinity; 0: none, negative: dislike.
};

class EventTypes {
 public:
  // The built-in kinds with their default weights, and `rating`.
  EventTypes();
  [[nodiscard]] static EventTypes defaults() { return {}; }

  // Changes the weight of a known kind, or adds one. Fails on a bad name (1 to 32 of [a-z0-9_]), on a weight
  // that is not finite, and on one kind too many.
  Status set(std::string_view name, double weight);

  [[nodiscard]] std::optional<EventType> find(std::string_view name) const;
  [[nodiscard]] const EventTypeInfo& operator[](EventType type) const { return infos_[type.get()]; }
  [[nodiscard]] double weight(EventType type) const { return infos_[type.get()].weight; }
  [[nodiscard]] std::span<const EventTypeInfo> all() const { return infos_; }
  // "view, click, ...": for messages.
  [[nodiscard]] std::string names() const;

 private:
  std::vector<EventTypeInfo> infos_;
};

// An impression says what was shown, not what was chosen: it never counts as an interaction.
[[nodiscard]] constexpr bool is_interaction(EventType type) { return type != kImpression; }

}  // namespace magpie
