#include "batch/evaluation/split.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace magpie::batch {
namespace {

// For each item of `part` its row in `items`, which hold them all; both ascend.
std::vector<std::uint32_t> rows_in(const std::vector<ItemId>& part, const std::vector<ItemId>& items) {
  std::vector<std::uint32_t> rows;
  rows.reserve(part.size());
  std::uint32_t row = 0;
  for (const ItemId& item : part) {
    while (items[row] != item) ++row;
    rows.push_back(row);
  }
  return rows;
}

// Gives `part` the items of the whole. Ties of time were in order of rows, and stay so: both orders are of ids.
void take_items_of(const Interactions& whole, Interactions& part) {
  const std::vector<std::uint32_t> rows = rows_in(part.items, whole.items);
  for (NetPreference& preference : part.preferences) preference.row = rows[preference.row];
  part.items = whole.items;
}

std::vector<std::uint32_t> rows_of(std::span<const NetPreference> preferences) {
  std::vector<std::uint32_t> rows;
  rows.reserve(preferences.size());
  for (const NetPreference& preference : preferences) rows.push_back(preference.row);
  std::sort(rows.begin(), rows.end());
  return rows;
}

// What the user likes later and did not have before; nothing where there is no such item.
std::optional<TestUser> test_user(const UserId& id, std::span<const NetPreference> later, const Interactions& train) {
  TestUser user{.id = id, .train_user = find_user(train, id), .relevant = {}};
  const std::vector<std::uint32_t> before = user.train_user ? rows_of(train.of(*user.train_user)) : rows_of({});
  std::vector<NetPreference> liked;
  for (const NetPreference& preference : later) {
    if (preference.weight > 0 && !std::binary_search(before.begin(), before.end(), preference.row)) {
      liked.push_back(preference);
    }
  }
  if (liked.empty()) return std::nullopt;
  user.relevant = rows_of(liked);
  user.next = std::min_element(liked.begin(), liked.end(), [](const NetPreference& a, const NetPreference& b) {
                return std::tie(a.time, a.row) < std::tie(b.time, b.row);
              })->row;
  return user;
}

void add_user(const UserId& id, std::span<const NetPreference> preferences, Interactions& train) {
  train.users.push_back(id);
  train.preferences.insert(train.preferences.end(), preferences.begin(), preferences.end());
  train.offsets.push_back(train.preferences.size());
  for (const NetPreference& preference : preferences) train.newest = std::max(train.newest, preference.time);
}

}  // namespace

std::optional<std::size_t> find_user(const Interactions& train, const UserId& id) {
  const auto found = std::lower_bound(train.users.begin(), train.users.end(), id);
  if (found == train.users.end() || *found != id) return std::nullopt;
  return static_cast<std::size_t>(found - train.users.begin());
}

EvaluationSplit leave_one_out(const Interactions& whole) {
  EvaluationSplit split;
  split.train.items = whole.items;
  split.train.totals = whole.totals;
  split.train.newest = kMinTimestamp;
  for (std::size_t user = 0; user < whole.users.size(); ++user) {
    std::span<const NetPreference> preferences = whole.of(user);
    if (const std::optional<std::size_t> last = last_liked(preferences)) {
      const std::uint32_t row = preferences[*last].row;
      split.test.push_back({.id = whole.users[user], .train_user = user, .relevant = {row}, .next = row});
      // Newer ones say nothing of taste: they are dislikes.
      preferences = preferences.subspan(*last + 1);
    }
    add_user(whole.users[user], preferences, split.train);
  }
  split.train.events = split.train.preferences.size();
  return split;
}

Result<EvaluationSplit> split_at(Timestamp at, const Interactions& whole, TimeWindow window, const ReadWindow& read) {
  MAGPIE_ASSIGN_OR_RETURN(auto train, read({window.start, at}));
  MAGPIE_ASSIGN_OR_RETURN(auto later, read({at, window.end}));
  take_items_of(whole, train);
  take_items_of(whole, later);
  EvaluationSplit split;
  for (std::size_t user = 0; user < later.users.size(); ++user) {
    if (auto tested = test_user(later.users[user], later.of(user), train)) split.test.push_back(std::move(*tested));
  }
  split.train = std::move(train);
  return split;
}

Timestamp moment_before_last(const Interactions& whole, double share) {
  std::vector<Timestamp> times;
  times.reserve(whole.preferences.size());
  for (const NetPreference& preference : whole.preferences) times.push_back(preference.time);
  if (times.empty()) return kMinTimestamp;
  const double before = (1 - share) * static_cast<double>(times.size());
  const auto place = std::min(static_cast<std::size_t>(before), times.size() - 1);
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(place), times.end());
  return times[place];
}

}  // namespace magpie::batch
