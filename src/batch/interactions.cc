#include "batch/interactions.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace magpie::batch {
namespace {

struct RawInteraction {
  std::uint32_t user = 0;
  ProfileEvent event;
};

// Ids numbered in order of first use, then in ascending order.
class Numbering {
 public:
  std::uint32_t number(const std::string& id) {
    const auto next = static_cast<std::uint32_t>(numbers_.size());
    return numbers_.try_emplace(id, next).first->second;
  }

  // The ids in ascending order; `places` gets the place of each number.
  template <typename Id>
  std::vector<Id> sort(std::vector<std::uint32_t>& places) {
    std::vector<std::pair<std::string, std::uint32_t>> sorted;
    sorted.reserve(numbers_.size());
    while (!numbers_.empty()) {
      auto node = numbers_.extract(numbers_.begin());
      sorted.emplace_back(std::move(node.key()), node.mapped());
    }
    std::sort(sorted.begin(), sorted.end());
    std::vector<Id> ids;
    ids.reserve(sorted.size());
    places.resize(sorted.size());
    for (auto& [id, number] : sorted) {
      places[number] = static_cast<std::uint32_t>(ids.size());
      ids.emplace_back(std::move(id));
    }
    return ids;
  }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

class Collector {
 public:
  explicit Collector(const EventTypes& types) : types_(types) {}

  void add(const Event& event) {
    if (!is_interaction(event.type)) return;
    const std::uint32_t user = users_.number(event.user.get());
    if (user == totals_.size()) totals_.emplace_back();
    ++totals_[user].interactions;
    if (event.type == kPurchase) ++totals_[user].purchases;
    raw_.push_back({user, {items_.number(event.item.get()), event.time, types_.weight(event.type)}});
    newest_ = std::max(newest_, event.time);
  }

  [[nodiscard]] Interactions finish() && {
    Interactions result;
    result.events = raw_.size();
    result.newest = newest_;
    std::vector<std::uint32_t> places;
    result.items = items_.sort<ItemId>(places);
    for (RawInteraction& interaction : raw_) interaction.event.row = places[interaction.event.row];
    result.users = users_.sort<UserId>(places);
    result.totals.resize(totals_.size());
    for (std::size_t number = 0; number < totals_.size(); ++number) result.totals[places[number]] = totals_[number];
    for (RawInteraction& interaction : raw_) interaction.user = places[interaction.user];
    add_preferences(result);
    return result;
  }

 private:
  void add_preferences(Interactions& result) {
    std::sort(raw_.begin(), raw_.end(),
              [](const RawInteraction& a, const RawInteraction& b) { return a.user < b.user; });
    for (auto first = raw_.begin(); first != raw_.end();) {
      std::vector<ProfileEvent> events;
      const std::uint32_t user = first->user;
      for (; first != raw_.end() && first->user == user; ++first) events.push_back(first->event);
      for (const NetPreference& preference : net_preferences(std::move(events))) {
        result.preferences.push_back(preference);
      }
      result.offsets.push_back(result.preferences.size());
    }
  }

  const EventTypes& types_;
  Numbering users_;
  Numbering items_;
  std::vector<UserTotals> totals_;  // By the users' first numbers.
  std::vector<RawInteraction> raw_;
  Timestamp newest_ = Timestamp::min();
};

}  // namespace

Result<Interactions> read_interactions(const EventScan& scan, const EventTypes& types) {
  Collector collector(types);
  MAGPIE_RETURN_IF_ERROR(scan([&collector](std::span<const Event> events) {
    for (const Event& event : events) collector.add(event);
    return ok_status();
  }));
  return std::move(collector).finish();
}

Result<Interactions> read_interactions(HistoryStore& history, TimeWindow window, const EventTypes& types) {
  return read_interactions([&](const HistoryStore::Visit& visit) { return history.scan(window, visit); }, types);
}

std::optional<std::size_t> last_liked(std::span<const NetPreference> newest_first) {
  const auto liked = [](const NetPreference& preference) { return preference.weight > 0; };
  const auto last = std::find_if(newest_first.begin(), newest_first.end(), liked);
  if (last == newest_first.end() || std::none_of(last + 1, newest_first.end(), liked)) return std::nullopt;
  return static_cast<std::size_t>(last - newest_first.begin());
}

}  // namespace magpie::batch
