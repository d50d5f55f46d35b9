#include "model/user_state.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/bytes.h"
#include "base/hash.h"
#include "model/item.h"
#include "model/type_names.h"

namespace magpie {
namespace {

constexpr std::uint8_t kMagic = 'U';
constexpr std::uint8_t kVersion = 1;

// Every category of a state once, in order of first use by its items.
class CategoryTable {
 public:
  explicit CategoryTable(const std::vector<StateItem>& items) {
    for (const StateItem& item : items) {
      for (const std::string& category : item.categories) {
        if (positions_.emplace(category, static_cast<std::uint16_t>(names_.size())).second) names_.push_back(category);
      }
    }
  }
  [[nodiscard]] std::uint16_t position(std::string_view category) const { return positions_.find(category)->second; }
  void write(ByteWriter& writer) const {
    writer.number(static_cast<std::uint16_t>(names_.size()));
    for (const std::string_view name : names_) writer.text<std::uint16_t>(name);
  }

 private:
  std::vector<std::string_view> names_;
  std::unordered_map<std::string_view, std::uint16_t> positions_;
};

void write_items(const std::vector<StateItem>& items, ByteWriter& writer) {
  const CategoryTable categories(items);
  categories.write(writer);
  writer.number(static_cast<std::uint16_t>(items.size()));
  for (const StateItem& item : items) {
    writer.text<std::uint16_t>(item.id.get());
    writer.number(static_cast<std::uint8_t>(item.categories.size()));
    for (const std::string& category : item.categories) writer.number(categories.position(category));
  }
}

void write_events(const std::vector<StateEvent>& events, const std::array<std::uint8_t, kMaxEventTypes>& position,
                  ByteWriter& writer) {
  writer.number(static_cast<std::uint16_t>(events.size()));
  for (const StateEvent& event : events) {
    writer.number(to_unix_ms(event.time));
    writer.number(event.event_hash);
    writer.number(static_cast<std::uint16_t>(event.item));
    writer.number(position[event.type.get()]);
  }
}

// Reads one record into a state, checking each invariant on the way.
class StateReader {
 public:
  StateReader(std::string_view bytes, const EventTypes& types) : reader_(bytes), types_(types) {}

  Result<UserState> read() {
    MAGPIE_RETURN_IF_ERROR(expect_format(reader_, kMagic, kVersion));
    MAGPIE_ASSIGN_OR_RETURN(stored_types_, read_type_names(reader_, types_));
    MAGPIE_RETURN_IF_ERROR(read_categories());
    MAGPIE_RETURN_IF_ERROR(read_items());
    MAGPIE_RETURN_IF_ERROR(read_events(state_.interactions, kMaxInteractions));
    MAGPIE_RETURN_IF_ERROR(read_events(state_.impressions, kMaxImpressions));
    MAGPIE_RETURN_IF_ERROR(reader_.finish());
    if (used_items_ != state_.items.size()) return data_loss("an item without an event");
    if (used_categories_ != categories_.size()) return data_loss("a category without an item");
    if (newest_ && *newest_ - *oldest_ >= kFeatureTtl) return data_loss("an event from before the window");
    if (dropped_) restore_items(state_);
    return std::move(state_);
  }

 private:
  Status read_categories() {
    std::uint16_t count = 0;
    MAGPIE_RETURN_IF_ERROR(reader_.number(count));
    for (std::uint16_t i = 0; i < count; ++i) {
      std::string_view name;
      MAGPIE_RETURN_IF_ERROR(reader_.text<std::uint16_t>(name, kMaxIdLength));
      categories_.push_back(name);
    }
    return {};
  }

  Status read_items() {
    std::uint16_t count = 0;
    MAGPIE_RETURN_IF_ERROR(reader_.number(count));
    if (count > kMaxInteractions + kMaxImpressions) return data_loss("too many items");
    state_.items.resize(count);
    for (StateItem& item : state_.items) MAGPIE_RETURN_IF_ERROR(read_item(item));
    return {};
  }

  Status read_item(StateItem& item) {
    std::string_view id;
    MAGPIE_RETURN_IF_ERROR(reader_.text<std::uint16_t>(id, kMaxIdLength));
    if (id.empty()) return data_loss("an item without an id");
    item.id = ItemId(std::string(id));
    item.id_hash = hash64(id);
    std::uint8_t count = 0;
    MAGPIE_RETURN_IF_ERROR(reader_.number(count));
    if (count > kMaxCategories) return data_loss("too many categories of an item");
    item.categories.reserve(count);
    for (std::uint8_t i = 0; i < count; ++i) MAGPIE_RETURN_IF_ERROR(read_category_of(item));
    return {};
  }

  Status read_category_of(StateItem& item) {
    std::uint16_t position = 0;
    MAGPIE_RETURN_IF_ERROR(reader_.number(position));
    if (position >= categories_.size() || position > used_categories_) return data_loss("a category out of place");
    if (position == used_categories_) ++used_categories_;
    item.categories.emplace_back(categories_[position]);
    return {};
  }

  Status read_events(std::vector<StateEvent>& events, std::size_t limit) {
    const bool shown = limit == kMaxImpressions;
    std::uint16_t count = 0;
    MAGPIE_RETURN_IF_ERROR(reader_.number(count));
    if (count > limit) return data_loss("too many events");
    events.reserve(count);
    StateEvent previous{kMaxTimestamp, std::numeric_limits<std::uint64_t>::max(), 0, kView};
    for (std::uint16_t i = 0; i < count; ++i) {
      StateEvent event;
      std::optional<EventType> type;
      MAGPIE_RETURN_IF_ERROR(read_event(event, type));
      if (i > 0 && !(std::pair(event.time, event.event_hash) < std::pair(previous.time, previous.event_hash))) {
        return data_loss("the events are not in order");
      }
      previous = event;
      note_time(event.time);
      dropped_ |= !type.has_value();
      if (!type) continue;
      if ((*type == kImpression) != shown) return data_loss("an impression out of place");
      event.type = *type;
      events.push_back(event);
    }
    return {};
  }

  Status read_event(StateEvent& event, std::optional<EventType>& type) {
    std::int64_t time = 0;
    std::uint16_t item = 0;
    std::uint8_t position = 0;
    MAGPIE_RETURN_IF_ERROR(reader_.number(time));
    MAGPIE_RETURN_IF_ERROR(reader_.number(event.event_hash));
    MAGPIE_RETURN_IF_ERROR(reader_.number(item));
    MAGPIE_RETURN_IF_ERROR(reader_.number(position));
    if (position >= stored_types_.size()) return data_loss("an event of no kind");
    if (item >= state_.items.size() || item > used_items_) return data_loss("an item out of place");
    if (!is_plausible(from_unix_ms(time))) return data_loss("an event out of time");
    if (item == used_items_) ++used_items_;
    event.time = from_unix_ms(time);
    event.item = item;
    type = stored_types_[position];
    return {};
  }

  void note_time(Timestamp time) {
    newest_ = std::max(newest_.value_or(time), time);
    oldest_ = std::min(oldest_.value_or(time), time);
  }

  ByteReader reader_;
  const EventTypes& types_;
  StoredTypes stored_types_;
  std::vector<std::string_view> categories_;
  std::size_t used_categories_ = 0;  // Those before it were used by an item that was read.
  std::size_t used_items_ = 0;       // Likewise, by an event.
  std::optional<Timestamp> newest_;
  std::optional<Timestamp> oldest_;
  bool dropped_ = false;  // An event of a kind that is not configured any more.
  UserState state_;
};

}  // namespace

void restore_items(UserState& state) {
  constexpr std::uint32_t kUnused = std::numeric_limits<std::uint32_t>::max();
  std::array<std::uint32_t, kMaxStateItems> rank;  // By old index. Filled as far as it is used.
  std::vector<StateItem>& items = state.items;
  std::fill_n(rank.begin(), items.size(), kUnused);
  std::uint32_t used = 0;
  bool in_order = true;
  const auto rank_items_of = [&](std::vector<StateEvent>& events, bool shown_only) {
    for (StateEvent& event : events) {
      std::uint32_t& item = rank[event.item];
      if (item == kUnused) {
        item = used++;
        if (shown_only) items[event.item].categories.clear();
      }
      in_order &= item == event.item;
      event.item = item;
    }
  };
  rank_items_of(state.interactions, false);
  rank_items_of(state.impressions, true);
  if (in_order && used == items.size()) return;
  std::vector<StateItem> ordered(used);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (rank[i] != kUnused) ordered[rank[i]] = std::move(items[i]);
  }
  items = std::move(ordered);
}

void encode_user_state(const UserState& state, const EventTypes& types, std::string& out) {
  constexpr std::size_t kEventSize = 19;
  constexpr std::size_t kTypicalItemSize = 24;
  TypeSet used;
  for (const StateEvent& event : state.interactions) used.set(event.type.get());
  for (const StateEvent& event : state.impressions) used.set(event.type.get());
  out.reserve(out.size() + kEventSize * (state.interactions.size() + state.impressions.size()) +
              kTypicalItemSize * (state.items.size() + 8));
  ByteWriter writer(out);
  writer.number(kMagic);
  writer.number(kVersion);
  const auto position = write_type_names(used, types, writer);
  write_items(state.items, writer);
  write_events(state.interactions, position, writer);
  write_events(state.impressions, position, writer);
}

Result<UserState> decode_user_state(std::string_view bytes, const EventTypes& types) {
  auto state = StateReader(bytes, types).read();
  if (state.ok()) return state;
  return Error(state.error().code(), "user state: " + state.error().message());
}

}  // namespace magpie
