#include "batch/retention.h"

#include <gtest/gtest.h>

#include "tests/fakes/in_memory_event_log.h"
#include "tests/fakes/in_memory_feature_store.h"
#include "tests/fakes/in_memory_history_store.h"
#include "tests/fakes/in_memory_model_store.h"

namespace magpie::batch {
namespace {

using std::chrono::days;

constexpr Timestamp kNow = from_unix_ms(1'700'006'400'000);  // A midnight.

class RetentionTest : public testing::Test {
 protected:
  static Event event(int id, Timestamp time) {
    Event e;
    e.id = EventId("e" + std::to_string(id));
    e.user = UserId("u");
    e.item = ItemId("i");
    e.time = time;
    return e;
  }

  // Both readers have passed the records below `offset`.
  void pass(Offset offset) {
    ASSERT_TRUE(history_.append(0, {}, offset).ok());
    FeatureUpdate update;
    update.applied = offset;
    ASSERT_TRUE(features_.apply(std::move(update)).ok());
  }

  RetentionReport enforce(const RetentionSettings& settings = {}) {
    const auto report = enforce_retention(log_, history_, features_, models_, settings, kNow);
    EXPECT_TRUE(report.ok()) << report.error().to_string();
    return report.ok() ? *report : RetentionReport();
  }

  std::vector<Offset> offsets_in_log() {
    std::vector<Offset> offsets;
    const auto records = log_.read(0, 0, 10'000);
    for (const LoggedEvent& logged : *records) offsets.push_back(logged.offset);
    return offsets;
  }

  fakes::InMemoryEventLog log_;
  fakes::InMemoryFeatureStore features_;
  fakes::InMemoryHistoryStore history_;
  fakes::InMemoryModelStore models_;
};

TEST_F(RetentionTest, HistoryLosesTheDaysBeforeItsWindow) {
  history_.add({event(0, kNow - days(91)), event(1, kNow - days(90)), event(2, kNow)});
  EXPECT_EQ(enforce().history_days, 1U);
  EXPECT_EQ(history_.summary()->events, 2U);
}

TEST_F(RetentionTest, TheLogLosesWhatIsOldAndPassed) {
  log_.append({event(0, kNow - days(9)), event(1, kNow - days(8)), event(2, kNow - days(1)), event(3, kNow - days(9))},
              [](const Status&) {});
  EXPECT_EQ(enforce().log_records, 0U) << "nobody has read it yet";
  pass(1);
  EXPECT_EQ(enforce().log_records, 1U);
  EXPECT_EQ(offsets_in_log(), (std::vector<Offset>{1, 2, 3}));
  pass(4);
  EXPECT_EQ(enforce().log_records, 1U);
  EXPECT_EQ(offsets_in_log(), (std::vector<Offset>{2, 3})) << "an old record behind a young one stays";
  EXPECT_EQ(enforce({.log_window = std::chrono::hours(1)}).log_records, 2U);
  EXPECT_TRUE(offsets_in_log().empty());
}

TEST_F(RetentionTest, TheLogMayBeTrimmedByMoreThanOneReading) {
  std::vector<Event> events;
  for (int i = 0; i < 3000; ++i) events.push_back(event(i, kNow - days(30)));
  log_.append(std::move(events), [](const Status&) {});
  pass(2500);
  EXPECT_EQ(enforce().log_records, 2500U);
  EXPECT_EQ(offsets_in_log().size(), 500U);
}

TEST_F(RetentionTest, FeaturesExpireAfterTheirTtl) {
  FeatureUpdate update;
  UserState old_state;
  old_state.interactions.push_back({kNow - days(8), 1, 0, kClick});
  old_state.items.push_back({ItemId("i"), 1, {}});
  update.users.emplace_back(UserId("u"), old_state);
  ASSERT_TRUE(features_.apply(std::move(update)).ok());
  EXPECT_EQ(enforce().expired_users, 1U);
}

TEST_F(RetentionTest, TheNewestModelsAndTheOneInProductionStay) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(models_.publish({}, {}).ok());
  ASSERT_TRUE(models_.promote(ModelVersion(1)).ok());
  static_cast<void>(enforce({.models_kept = 2}));
  const auto kept = *models_.list();
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0].version, ModelVersion(1));  // In production, beyond the newest two.
  EXPECT_EQ(kept[1].version, ModelVersion(4));
  EXPECT_EQ(kept[2].version, ModelVersion(5));
}

}  // namespace
}  // namespace magpie::batch
