// Training examples know nothing but the past.
#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <optional>

#include "tests/sql/feature_fixture.h"

namespace magpie::batch {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

class TrainingExamplesTest : public FeatureTest {
 protected:
  // By event id: clicked, purchased and the features.
  NumberTable examples(const std::vector<Event>& events, const FeatureSettings& settings) {
    write_inputs(events);
    write_tables(settings);
    return read_numbers(*analytics_, analytics_.path("merged") / kTrainingExamples, {"event_id"});
  }

  static FeatureSettings all_examples() {
    FeatureSettings settings;
    settings.examples = std::chrono::days(60);
    return settings;
  }

  Event& add(const std::string& user, const std::string& item, EventType type, Duration at,
             const std::string& request = "") {
    Event event;
    event.id = EventId("e" + std::to_string(100 + events_.size()));
    event.user = UserId(user);
    event.item = ItemId(item);
    event.type = type;
    event.time = kStart + at;
    event.request = RequestId(request);
    return events_.emplace_back(std::move(event));
  }

  std::vector<Event> events_;
};

std::string category_of(const Event& event) { return event.categories.empty() ? "" : event.categories[0]; }

using FindItem = std::function<const Item*(const ItemId&)>;

// What was known strictly before the impression, with a loop over all events.
NumberRow known_before(const Event& impression, const std::vector<Event>& events, const FindItem& find) {
  NumberRow row;
  for (const char* name : {"user_interactions", "user_clicks", "user_purchases", "user_impressions",
                           "category_interactions", "pair_interactions", "pair_impressions", "item_interactions",
                           "item_clicks", "item_purchases", "item_impressions"}) {
    row[name] = 0;
  }
  double prices = 0;
  double priced = 0;
  for (const Event& event : events) {
    if (event.time >= impression.time) continue;
    const auto count = [&](const std::string& whose) {
      row[whose + (is_interaction(event.type) ? "_interactions" : "_impressions")] += 1;
      if (event.type == kClick) row[whose + "_clicks"] += 1;
      if (event.type == kPurchase) row[whose + "_purchases"] += 1;
    };
    const bool same_user = event.user == impression.user;
    if (same_user) count("user");
    if (event.item == impression.item) count("item");
    if (same_user && event.item == impression.item) count("pair");
    if (!same_user || !is_interaction(event.type)) continue;
    if (category_of(event) == category_of(impression)) row["category_interactions"] += 1;
    row["user_recency_ms"] = static_cast<double>((impression.time - event.time).count());
    const Item* seen = find(event.item);
    if (seen == nullptr || !seen->price) continue;
    prices += *seen->price;
    ++priced;
  }
  if (priced > 0) row["user_price"] = prices / priced;
  const Item* item = find(impression.item);
  row.erase("pair_clicks");
  row.erase("pair_purchases");
  if (item != nullptr) {
    row["item_age_ms"] = static_cast<double>((impression.time - item->created_at).count());
    if (item->price) row["item_price"] = *item->price;
  }
  row["timestamp_ms"] = static_cast<double>(to_unix_ms(impression.time));
  row["position"] = *impression.position;
  row["model_version"] = static_cast<double>(impression.model_version.get());
  return row;
}

// Whether an event of the kind answers the impression, by the definition in the text's head.
bool answered(const Event& impression, const std::vector<Event>& events, EventType type, Duration within) {
  for (const Event& event : events) {
    if (event.type != type || event.user != impression.user || event.item != impression.item) continue;
    if (event.time < impression.time || event.time > impression.time + within) continue;
    if (!event.request.get().empty()) {
      if (event.request == impression.request) return true;
      continue;
    }
    const bool shown_again = std::ranges::any_of(events, [&](const Event& other) {
      return other.type == kImpression && other.user == event.user && other.item == event.item &&
             other.time > impression.time && other.time <= event.time;
    });
    if (!shown_again) return true;
  }
  return false;
}

TEST_F(TrainingExamplesTest, AgreeWithANaiveOracle) {
  FeatureSettings settings = all_examples();
  settings.click_attribution = hours(30);  // So that some are late.
  settings.purchase_attribution = hours(60);
  for (const std::uint64_t seed : {1, 2}) {
    const auto events = random_events(seed, 1200);
    settings.events_per_part = seed == 1 ? 1'000'000 : 250;  // One part, and five.
    NumberTable expected;
    double clicks = 0;
    double purchases = 0;
    for (const Event& event : events) {
      if (event.type != kImpression) continue;
      NumberRow& row = expected[event.id.get()] =
          known_before(event, events, [this](const ItemId& id) { return item(id); });
      clicks += row["clicked"] = answered(event, events, kClick, settings.click_attribution);
      purchases += row["purchased"] = answered(event, events, kPurchase, settings.purchase_attribution);
    }
    expect_same(examples(events, settings), expected);
    EXPECT_GT(clicks, 5);
    EXPECT_GT(purchases, 5);
    EXPECT_LT(clicks, static_cast<double>(expected.size()) / 2);
  }
}

// The proof that nothing leaks: the examples of before a moment are what they are without all that happened from that
// moment on, in every feature; only labels may change.
TEST_F(TrainingExamplesTest, NoLaterEventChangesAFeature) {
  const auto all = random_events(3, 1500);
  const auto with_future = examples(all, all_examples());
  for (const std::size_t cut : {200UL, 700UL, 1300UL}) {
    std::vector<Event> past(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(cut));
    const Timestamp end = past.back().time;
    std::erase_if(past, [end](const Event& event) { return event.time >= end; });
    auto known = examples(past, all_examples());
    NumberTable later;
    for (auto& [id, row] : known) {
      later[id] = with_future.at(id);
      EXPECT_LE(row["clicked"], later[id]["clicked"]) << "a click is not taken back";
      for (const char* label : {"clicked", "purchased"}) {
        row.erase(label);
        later[id].erase(label);
      }
    }
    EXPECT_GT(known.size(), cut / 4);
    expect_same(later, known);
  }
}

TEST_F(TrainingExamplesTest, TheSameMillisecondIsNotThePast) {
  add("ann", "i1", kView, hours(1));
  add("ann", "i1", kImpression, hours(1), "r1");
  add("ann", "i1", kImpression, hours(1) + milliseconds(1), "r2");
  const auto found = examples(events_, all_examples());
  EXPECT_EQ(found.at("e101").at("user_interactions"), 0);
  EXPECT_EQ(found.at("e101").at("user_impressions"), 0);
  EXPECT_FALSE(found.at("e101").contains("user_recency_ms"));
  EXPECT_EQ(found.at("e102").at("user_interactions"), 1);
  EXPECT_EQ(found.at("e102").at("user_impressions"), 1);
  EXPECT_EQ(found.at("e102").at("user_recency_ms"), 1);
}

TEST_F(TrainingExamplesTest, ARequestNamesItsImpression) {
  add("ann", "i1", kImpression, hours(1), "r1");
  add("ann", "i1", kImpression, hours(1) + milliseconds(1), "r2");
  add("ann", "i1", kClick, hours(1) + milliseconds(2), "r1");
  add("bob", "i1", kImpression, hours(1), "r3");
  add("bob", "i1", kPurchase, hours(1) + milliseconds(2), "r4");  // Of another request: credited to none.
  const auto found = examples(events_, all_examples());
  EXPECT_EQ(found.at("e100").at("clicked"), 1);
  EXPECT_EQ(found.at("e101").at("clicked"), 0);
  EXPECT_EQ(found.at("e103").at("purchased"), 0);
}

TEST_F(TrainingExamplesTest, AResponseWithoutRequestBelongsToTheLastImpression) {
  add("ann", "i1", kImpression, hours(1), "r1");
  add("ann", "i1", kImpression, hours(2), "r2");
  add("ann", "i1", kPurchase, hours(3));
  add("ann", "i1", kImpression, hours(4), "r3");
  add("ann", "i2", kPurchase, hours(5));  // Never shown.
  const auto found = examples(events_, all_examples());
  EXPECT_EQ(found.at("e100").at("purchased"), 0);
  EXPECT_EQ(found.at("e101").at("purchased"), 1);
  EXPECT_EQ(found.at("e103").at("purchased"), 0);
}

TEST_F(TrainingExamplesTest, ResponsesCountWithinTheirTime) {
  FeatureSettings settings = all_examples();
  settings.click_attribution = milliseconds(1000);
  settings.purchase_attribution = milliseconds(2000);
  add("ann", "i1", kImpression, hours(1), "r1");
  add("ann", "i1", kClick, hours(1) + milliseconds(1000), "r1");
  add("ann", "i1", kPurchase, hours(1) + milliseconds(2001), "r1");
  add("bob", "i1", kImpression, hours(1), "r2");
  add("bob", "i1", kClick, hours(1) + milliseconds(1001));
  add("bob", "i1", kPurchase, hours(1) + milliseconds(2000));
  const auto found = examples(events_, settings);
  EXPECT_EQ(found.at("e100").at("clicked"), 1);
  EXPECT_EQ(found.at("e100").at("purchased"), 0);
  EXPECT_EQ(found.at("e103").at("clicked"), 0);
  EXPECT_EQ(found.at("e103").at("purchased"), 1);
}

TEST_F(TrainingExamplesTest, OldImpressionsDescribeButAreNoExamples) {
  FeatureSettings settings;
  settings.examples = std::chrono::days(10);
  add("ann", "i1", kImpression, std::chrono::days(1), "r1");
  add("ann", "i1", kClick, std::chrono::days(1) + milliseconds(9), "r1");
  add("ann", "i1", kImpression, std::chrono::days(50), "r2");
  const auto found = examples(events_, settings);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.at("e102").at("item_clicks"), 1);
  EXPECT_EQ(found.at("e102").at("pair_impressions"), 1);
}

}  // namespace
}  // namespace magpie::batch
