#include "batch/erasure.h"

#include <gtest/gtest.h>

#include "tests/fakes/in_memory_catalogue_store.h"
#include "tests/fakes/in_memory_event_log.h"
#include "tests/fakes/in_memory_feature_store.h"
#include "tests/fakes/in_memory_history_store.h"
#include "tests/faults/faulty_history_store.h"

namespace magpie::batch {
namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

class ErasureTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* id : {"gone", "stays"}) {
      const std::vector<User> users{{.id = UserId(id), .interests = {}, .created_at = kNow, .segment = {}}};
      ASSERT_TRUE(catalogue_.put_users(users).ok());
      Event event;
      event.id = EventId(std::string("event of ") + id);
      event.user = UserId(id);
      event.item = ItemId("i");
      event.time = kNow;
      history_.add({event});
      log_.append({event}, [](const Status& status) { ASSERT_TRUE(status.ok()); });
      BatchFeatures features;
      features.total_interactions = 3;
      const std::vector<std::pair<UserId, BatchFeatures>> rows{{UserId(id), features}};
      ASSERT_TRUE(features_.load_batch(rows).ok());
    }
  }

  Status erase(HistoryStore& history) { return erase_user(UserId("gone"), catalogue_, log_, features_, history); }

  std::vector<std::string> users_in_history() {
    std::vector<std::string> users;
    EXPECT_TRUE(history_
                    .scan({kNow, kNow + std::chrono::hours(1)},
                          [&](std::span<const Event> events) {
                            for (const Event& event : events) users.push_back(event.user.get());
                            return ok_status();
                          })
                    .ok());
    return users;
  }

  fakes::InMemoryCatalogueStore catalogue_;
  fakes::InMemoryEventLog log_;
  fakes::InMemoryFeatureStore features_;
  fakes::InMemoryHistoryStore history_;
};

TEST_F(ErasureTest, ForgetsTheUserEverywhereAndNobodyElse) {
  ASSERT_TRUE(erase(history_).ok());
  EXPECT_EQ(catalogue_.user(UserId("gone")).error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(catalogue_.user(UserId("stays")).ok());
  EXPECT_EQ(users_in_history(), std::vector<std::string>{"stays"});
  EXPECT_EQ(log_.read(0, 0, 10)->size(), 1U);
  EXPECT_FALSE((*features_.user(UserId("gone")))->batch.has_value());
  EXPECT_TRUE((*features_.user(UserId("stays")))->batch.has_value());
}

TEST_F(ErasureTest, AFailureHalfWayIsMendedByAnotherCall) {
  faults::FaultPlan plan;
  faults::FaultyHistoryStore faulty(history_, plan);
  plan.fail("erase", 1, unavailable("injected"));
  EXPECT_EQ(erase(faulty).error().code(), ErrorCode::kUnavailable);
  ASSERT_TRUE(erase(faulty).ok());
  EXPECT_EQ(users_in_history(), std::vector<std::string>{"stays"});
  EXPECT_FALSE((*features_.user(UserId("gone")))->batch.has_value());
  EXPECT_TRUE(erase(faulty).ok()) << "an unknown user is no error";
}

}  // namespace
}  // namespace magpie::batch
