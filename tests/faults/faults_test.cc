#include <gtest/gtest.h>

#include <optional>

#include "tests/fakes/in_memory_event_log.h"
#include "tests/fakes/in_memory_feature_store.h"
#include "tests/fakes/in_memory_history_store.h"
#include "tests/faults/faulty_event_log.h"
#include "tests/faults/faulty_feature_store.h"
#include "tests/faults/faulty_history_store.h"

namespace magpie::faults {
namespace {

const Error kInjected = unavailable("injected");

FeatureUpdate update_to(Offset applied) { return {.partition = 0, .applied = applied, .users = {}, .items = {}}; }

class FaultyFeatures : public ::testing::Test {
 protected:
  [[nodiscard]] Offset applied() { return store_.applied(0).value(); }

  fakes::InMemoryFeatureStore store_;
  FaultPlan plan_;
  FaultyFeatureStore faulty_{store_, plan_};
};

TEST_F(FaultyFeatures, PassesCallsThrough) {
  EXPECT_TRUE(faulty_.apply(update_to(7)).ok());
  EXPECT_EQ(faulty_.applied(0).value(), 7U);
  EXPECT_EQ(plan_.calls("apply"), 1U);
  EXPECT_EQ(plan_.calls("erase"), 0U);
}

TEST_F(FaultyFeatures, FailsTheNthCallOnly) {
  plan_.fail("apply", 2, kInjected);
  EXPECT_TRUE(faulty_.apply(update_to(1)).ok());
  const Status failed = faulty_.apply(update_to(2));
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(applied(), 1U);
  EXPECT_TRUE(faulty_.apply(update_to(3)).ok());
  EXPECT_EQ(applied(), 3U);
}

TEST_F(FaultyFeatures, CountsTheNthCallFromTheTimeOfTheRule) {
  EXPECT_TRUE(faulty_.apply(update_to(1)).ok());
  plan_.fail("apply", 1, kInjected);
  EXPECT_FALSE(faulty_.apply(update_to(2)).ok());
}

TEST_F(FaultyFeatures, LosesTheAnswerOfWorkThatWasDone) {
  plan_.fail("apply", 1, kInjected, Fault::kAfter);
  EXPECT_FALSE(faulty_.apply(update_to(5)).ok());
  EXPECT_EQ(applied(), 5U);
}

TEST_F(FaultyFeatures, FailsSeveralCallsUntilHealed) {
  plan_.fail("apply", 1, kInjected, Fault::kBefore, FaultPlan::kForever);
  EXPECT_FALSE(faulty_.apply(update_to(1)).ok());
  EXPECT_FALSE(faulty_.apply(update_to(1)).ok());
  plan_.heal();
  EXPECT_TRUE(faulty_.apply(update_to(1)).ok());
}

TEST_F(FaultyFeatures, FailsEveryOperation) {
  plan_.fail_all(kInjected);
  EXPECT_FALSE(faulty_.user(UserId("u")).ok());
  EXPECT_FALSE(faulty_.item(ItemId("i")).ok());
  EXPECT_FALSE(faulty_.trending().ok());
  EXPECT_FALSE(faulty_.expire(Timestamp()).ok());
}

TEST_F(FaultyFeatures, RunsTheHookBeforeTheCall) {
  std::optional<Offset> seen;
  plan_.before_each([&](std::string_view operation) {
    EXPECT_EQ(operation, "apply");
    seen = applied();
  });
  EXPECT_TRUE(faulty_.apply(update_to(9)).ok());
  EXPECT_EQ(seen, Offset{0});
}

TEST(FaultyLog, RefusesOrLosesTheAcknowledgement) {
  fakes::InMemoryEventLog log;
  FaultPlan plan;
  FaultyEventLog faulty(log, plan);
  std::vector<Status> answers;
  const auto record = [&](Status status) { answers.push_back(std::move(status)); };
  plan.fail("append", 1, kInjected);
  plan.fail("append", 2, kInjected, Fault::kAfter);
  faulty.append({Event{}}, record);
  EXPECT_EQ(log.end(0), 0U);
  faulty.append({Event{}}, record);
  EXPECT_EQ(log.end(0), 1U);
  faulty.append({Event{}}, record);
  EXPECT_EQ(log.end(0), 2U);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_FALSE(answers[0].ok());
  EXPECT_FALSE(answers[1].ok());
  EXPECT_TRUE(answers[2].ok());
}

TEST(FaultyHistory, FailsAnAppend) {
  fakes::InMemoryHistoryStore history;
  FaultPlan plan;
  FaultyHistoryStore faulty(history, plan);
  plan.fail("append", 1, kInjected);
  EXPECT_FALSE(faulty.append(0, {}, 4).ok());
  EXPECT_EQ(history.persisted(0).value(), 0U);
  EXPECT_TRUE(faulty.append(0, {}, 4).ok());
  EXPECT_EQ(history.persisted(0).value(), 4U);
}

}  // namespace
}  // namespace magpie::faults
