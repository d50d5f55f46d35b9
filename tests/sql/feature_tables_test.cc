// The tables of sql/features/ that describe the end of the window, against their definitions written with loops.
#include <gmock/gmock.h>

#include <array>
#include <map>
#include <optional>
#include <set>

#include "tests/sql/feature_fixture.h"
#include "tests/sql/table_bytes.h"

namespace magpie::batch {
namespace {

constexpr std::array<std::pair<EventType, const char*>, 8> kCounts{{{kView, "views"},
                                                                    {kClick, "clicks"},
                                                                    {kAddToCart, "add_to_carts"},
                                                                    {kPurchase, "purchases"},
                                                                    {kLike, "likes"},
                                                                    {kDislike, "dislikes"},
                                                                    {EventType{7}, "ratings"},
                                                                    {kImpression, "impressions"}}};
constexpr EventType kRating{7};

std::map<std::string, std::vector<Event>> by_user(const std::vector<Event>& events) {
  std::map<std::string, std::vector<Event>> groups;
  for (const Event& event : events) groups[event.user.get()].push_back(event);
  return groups;
}
std::map<std::string, std::vector<Event>> by_item(const std::vector<Event>& events) {
  std::map<std::string, std::vector<Event>> groups;
  for (const Event& event : events) groups[event.item.get()].push_back(event);
  return groups;
}

void add_counts(NumberRow& row, const std::vector<Event>& events) {
  for (const auto& [type, name] : kCounts) {
    row[name] = static_cast<double>(std::ranges::count(events, type, &Event::type));
  }
  row["interactions"] = static_cast<double>(events.size()) - row["impressions"];
}

double ms(Timestamp time) { return static_cast<double>(to_unix_ms(time)); }

// Lengths of the sessions of one user's interactions, in order of time.
std::vector<double> session_lengths(const std::vector<Event>& events, Duration gap) {
  std::map<std::string, std::pair<Timestamp, Timestamp>> sessions;
  int cut = 0;
  std::optional<Timestamp> last;
  for (const Event& event : events) {
    if (!is_interaction(event.type)) continue;
    std::string key = "id " + event.session.get();
    if (event.session.get().empty()) {
      if (last && event.time - *last > gap) ++cut;
      last = event.time;
      key = "cut " + std::to_string(cut);
    }
    const auto [session, first] = sessions.try_emplace(key, event.time, event.time);
    session->second.second = event.time;
  }
  std::vector<double> lengths;
  for (const auto& [key, range] : sessions) lengths.push_back(ms(range.second) - ms(range.first));
  return lengths;
}

// The smallest value that at least this share of all do not exceed.
double quantile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  std::size_t count = 0;
  while (static_cast<double>(++count) < share * static_cast<double>(values.size())) {
  }
  return values[count - 1];
}

class FeatureTablesTest : public FeatureTest {
 protected:
  NumberRow user_row(const std::vector<Event>& events) const {
    NumberRow row;
    add_counts(row, events);
    row["first_ms"] = ms(events.front().time);
    std::set<std::int64_t> days;
    std::vector<double> prices;
    for (const Event& event : events) {
      if (!is_interaction(event.type)) continue;
      row["last_ms"] = ms(event.time);
      row["recency_ms"] = ms(kFeatureWindow.end) - ms(event.time);
      days.insert(to_unix_ms(event.time) / 86'400'000);
      const Item* known = item(event.item);
      if (known != nullptr && known->price) prices.push_back(*known->price);
    }
    row["active_days"] = static_cast<double>(days.size());
    const auto lengths = session_lengths(events, FeatureSettings().session_gap);
    row["sessions"] = static_cast<double>(lengths.size());
    double total = 0;
    for (const double length : lengths) total += length;
    if (!lengths.empty()) row["mean_session_ms"] = total / static_cast<double>(lengths.size());
    if (!prices.empty()) {
      row["price_low"] = quantile(prices, 0.25);
      row["price_median"] = quantile(prices, 0.5);
      row["price_high"] = quantile(prices, 0.75);
    }
    return row;
  }

  // Category -> weight, of those above 0, of one user's events.
  std::map<std::string, double> weights(const std::vector<Event>& events) const {
    std::map<std::string, double> weights;
    for (const Event& event : events) {
      if (!is_interaction(event.type)) continue;
      for (const std::string& category : event.categories) weights[category] += types_.weight(event.type);
    }
    std::erase_if(weights, [](const auto& entry) { return entry.second <= 0; });
    return weights;
  }

  // The first `count` of the heaviest, of the same weight in order of the name, with their places.
  static NumberTable top(const std::string& key, const std::map<std::string, double>& weights,
                         const std::string& weight_column, std::size_t count) {
    std::vector<std::pair<double, std::string>> order;
    double total = 0;
    for (const auto& [category, weight] : weights) {
      order.emplace_back(-weight, category);
      total += weight;
    }
    std::ranges::sort(order);
    NumberTable table;
    for (std::size_t n = 0; n < std::min(order.size(), count); ++n) {
      NumberRow& row = table[key + "/" + order[n].second];
      row["place"] = static_cast<double>(n + 1);
      row[weight_column] = -order[n].first;
      row["share"] = -order[n].first / total;
    }
    return table;
  }
};

TEST_F(FeatureTablesTest, UsersAgreeWithANaiveOracle) {
  const auto events = random_events(1, 2000);
  write_inputs(events);
  write_tables();
  NumberTable expected;
  for (const auto& [user, of_user] : by_user(events)) expected[user] = user_row(of_user);
  expect_same(read_numbers(*analytics_, analytics_.path("users") / kUserFeatures, {"user_id"}), expected);
}

TEST_F(FeatureTablesTest, PreferredCategoriesAgreeWithANaiveOracle) {
  const auto events = random_events(2, 300);
  write_inputs(events);
  write_tables();
  NumberTable expected;
  for (const auto& [user, of_user] : by_user(events)) expected.merge(top(user, weights(of_user), "weight", 10));
  expect_same(read_numbers(*analytics_, analytics_.path("users") / kUserCategories, {"user_id", "category"}), expected);
}

TEST_F(FeatureTablesTest, OnlyTheTenHeaviestCategoriesAreKept) {
  std::vector<Event> events;
  for (int n = 0; n < 14; ++n) {
    Event event = random_events(1, 1)[0];
    event.id = EventId("e" + std::to_string(n));
    event.type = n < 3 ? kPurchase : kView;
    event.categories = {"k" + std::to_string(n % 12)};
    events.push_back(event);
  }
  write_inputs(events);
  write_tables();
  const std::string user = events[0].user.get();
  const auto found = read_numbers(*analytics_, analytics_.path("users") / kUserCategories, {"user_id", "category"});
  expect_same(found, top(user, weights(events), "weight", 10));
  EXPECT_EQ(found.size(), 10U);
}

TEST_F(FeatureTablesTest, ItemsAgreeWithANaiveOracle) {
  const auto events = random_events(3, 2000);
  write_inputs(events);
  const FeatureSettings settings;
  write_tables(settings);

  NumberTable expected;
  std::map<std::string, std::array<double, 4>> base;  // Shown clicks, users, engaged, buyers.
  std::array<double, 5> total{};                      // The same, and impressions.
  double interactions = 0;
  for (const auto& [id, of_item] : by_item(events)) {
    NumberRow& row = expected[id];
    add_counts(row, of_item);
    interactions += row["interactions"];
    row["first_ms"] = ms(of_item.front().time);
    row["last_ms"] = ms(of_item.back().time);
    std::set<UserId> users;
    std::set<UserId> engaged;
    std::set<UserId> buyers;
    double stars = 0;
    row["week_interactions"] = 0;
    for (const Event& event : of_item) {
      if (!is_interaction(event.type)) continue;
      users.insert(event.user);
      if (event.type != kView) engaged.insert(event.user);
      if (event.type == kPurchase) buyers.insert(event.user);
      if (event.type == kRating) stars += event.value;
      if (event.time >= kFeatureWindow.end - std::chrono::days(7)) row["week_interactions"] += 1;
    }
    row["users"] = static_cast<double>(users.size());
    row["buyers"] = static_cast<double>(buyers.size());
    if (row["ratings"] > 0) row["mean_rating"] = stars / row["ratings"];
    const Item* known = item(ItemId(id));
    row["age_ms"] = ms(kFeatureWindow.end) - (known != nullptr ? ms(known->created_at) : row["first_ms"]);
    if (known != nullptr && known->price) row["price"] = *known->price;
    base[id] = {std::min(row["clicks"], row["impressions"]), row["users"], static_cast<double>(engaged.size()),
                row["buyers"]};
    for (std::size_t n = 0; n < 4; ++n) total[n] += base[id][n];
    total[4] += row["impressions"];
  }
  const double k = settings.prior_users;
  for (auto& [id, row] : expected) {
    const auto& [clicks, users, engaged, buyers] = base[id];
    row["popularity"] = row["interactions"] / interactions;
    row["ctr"] =
        (clicks + settings.prior_impressions * total[0] / total[4]) / (row["impressions"] + settings.prior_impressions);
    row["engagement_rate"] = (engaged + k * total[2] / total[1]) / (users + k);
    row["conversion_rate"] = (buyers + k * total[3] / total[1]) / (users + k);
  }
  const auto location = analytics_.path("items") / kItemFeatures;
  auto found = read_numbers(*analytics_, location, {"item_id"});
  expect_same(found, expected);
  EXPECT_GT(found["i1"]["ctr"], 0);
  EXPECT_LT(found["i1"]["ctr"], 1);
  // A catalogue item has its first category as the primary one; i7 has none, and i13 is unknown.
  const auto categories = read_numbers(*analytics_, location, {"item_id", "primary_category"});
  EXPECT_TRUE(categories.contains("i6/c1"));
  EXPECT_TRUE(categories.contains("i7/(null)"));
  EXPECT_TRUE(categories.contains("i13/(null)"));
}

TEST_F(FeatureTablesTest, AudiencesAgreeWithANaiveOracle) {
  const auto events = random_events(4, 500);
  write_inputs(events);
  write_tables();
  std::map<std::string, std::string> preferred;
  for (const auto& [user, of_user] : by_user(events)) {
    const auto first = top("", weights(of_user), "weight", 1);
    if (!first.empty()) preferred[user] = first.begin()->first.substr(1);
  }
  NumberTable expected;
  for (const auto& [id, of_item] : by_item(events)) {
    std::set<std::string> users;
    for (const Event& event : of_item) {
      if (is_interaction(event.type) && preferred.contains(event.user.get())) users.insert(event.user.get());
    }
    std::map<std::string, double> audience;
    for (const std::string& user : users) audience[preferred[user]] += 1;
    expected.merge(top(id, audience, "users", 10));
  }
  expect_same(read_numbers(*analytics_, analytics_.path("merged") / kItemCategories, {"item_id", "category"}),
              expected);
}

TEST_F(FeatureTablesTest, PairsJoinWhatIsKnownOfBoth) {
  const auto events = random_events(5, 800);
  write_inputs(events);
  write_tables();
  auto users = read_numbers(*analytics_, analytics_.path("users") / kUserFeatures, {"user_id"});
  auto items = read_numbers(*analytics_, analytics_.path("items") / kItemFeatures, {"item_id"});
  auto categories = read_numbers(*analytics_, analytics_.path("users") / kUserCategories, {"user_id", "category"});
  NumberTable expected;
  for (const Event& event : events) {
    if (!is_interaction(event.type)) continue;
    NumberRow& user = users[event.user.get()];
    NumberRow& of_item = items[event.item.get()];
    NumberRow& row = expected[event.user.get() + "/" + event.item.get()];
    row["interactions"] += 1;
    row["weight"] += types_.weight(event.type);
    row["purchases"] += event.type == kPurchase ? 1 : 0;
    row["last_ms"] = ms(event.time);
    for (const char* name : {"interactions", "purchases", "active_days", "recency_ms", "mean_session_ms"}) {
      row[std::string("user_") + name] = user[name];
    }
    for (const char* name : {"users", "popularity", "ctr", "engagement_rate", "conversion_rate", "age_ms"}) {
      row[std::string("item_") + name] = of_item[name];
    }
    const Item* known = item(event.item);
    const std::string primary = known == nullptr || known->categories.empty() ? "" : known->categories[0];
    const auto share = categories.find(event.user.get() + "/" + primary);
    row["category_share"] = share == categories.end() ? 0 : share->second.at("share");
    if (known != nullptr && known->price) row["price_ratio"] = *known->price / user["price_median"];
  }
  expect_same(read_numbers(*analytics_, analytics_.path("merged") / kUserItems, {"user_id", "item_id"}), expected);
}

TEST_F(FeatureTablesTest, NoEventsNoRows) {
  write_inputs({});
  write_tables();
  for (const auto& table : {analytics_.path("users") / kUserFeatures, analytics_.path("users") / kUserCategories,
                            analytics_.path("items") / kItemFeatures, analytics_.path("merged") / kItemCategories,
                            analytics_.path("merged") / kUserItems, analytics_.path("merged") / kTrainingExamples}) {
    EXPECT_TRUE(read_numbers(*analytics_, table, {}).empty()) << table;
  }
}

TEST_F(FeatureTablesTest, OnlyImpressionsAreNoDivisionByZero) {
  auto events = random_events(6, 50);
  for (Event& event : events) event.type = kImpression;
  write_inputs(events);
  write_tables();
  const auto items = read_numbers(*analytics_, analytics_.path("items") / kItemFeatures, {"item_id"});
  for (const auto& [id, row] : items) EXPECT_EQ(row.at("conversion_rate"), 0) << id;
  EXPECT_FALSE(items.empty());
}

TEST_F(FeatureTablesTest, SameEventsSameBytes) {
  auto events = random_events(7, 3000);
  write_inputs(events);
  write_tables();
  std::map<std::string, std::map<std::string, std::string>> first;
  for (const char* step : {"users", "items", "merged"}) first[step] = bytes_of(analytics_.path(step));

  write_tables();
  for (const char* step : {"users", "items", "merged"}) EXPECT_EQ(bytes_of(analytics_.path(step)), first[step]) << step;

  contract::ScratchAnalytics threads(3);
  const FeatureSettings settings;
  ASSERT_TRUE(write_user_features(*threads, sources(), settings, threads.path("users")).ok());
  ASSERT_TRUE(write_item_features(*threads, sources(), settings, threads.path("items")).ok());
  ASSERT_TRUE(merge_features(*threads, sources(), threads.path("users"), threads.path("items"), settings,
                             threads.path("merged"))
                  .ok());
  for (const char* step : {"users", "items", "merged"}) EXPECT_EQ(bytes_of(threads.path(step)), first[step]) << step;
}

}  // namespace
}  // namespace magpie::batch
