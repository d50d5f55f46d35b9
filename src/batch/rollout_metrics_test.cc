#include "batch/rollout_metrics.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/random.h"
#include "tests/fakes/in_memory_history_store.h"

namespace magpie::batch {
namespace {

constexpr Timestamp kNoon = from_unix_ms(1'700'049'600'000);
constexpr ModelVersion kControl(4);
constexpr ModelVersion kCanary(5);
constexpr auto kSecond = std::chrono::seconds(1);

class RolloutMetricsTest : public ::testing::Test {
 protected:
  Event event(EventType type, const std::string& user, const std::string& item, const std::string& request) {
    Event event;
    event.id = EventId("e" + std::to_string(++events_));
    event.user = UserId(user);
    event.item = ItemId(item);
    event.type = type;
    event.time = kNoon + events_ * kSecond;
    event.request = RequestId(request);
    return event;
  }
  void show(const std::string& user, const std::string& item, const std::string& request, ModelVersion version) {
    Event shown = event(kImpression, user, item, request);
    shown.model_version = version;
    history_.add({shown});
  }
  void happen(EventType type, const std::string& user, const std::string& item, const std::string& request) {
    history_.add({event(type, user, item, request)});
  }
  EngagementPair read() {
    const auto pair = read_engagement(history_, {kNoon, kNoon + std::chrono::hours(2)}, kControl, kCanary);
    EXPECT_TRUE(pair.ok());
    return *pair;
  }

  fakes::InMemoryHistoryStore history_;
  int events_ = 0;
};

TEST_F(RolloutMetricsTest, NothingHappened) {
  EXPECT_EQ(read().canary.clicks.users(), 0U);
  EXPECT_EQ(read().control.clicks.denominator(), 0);
}

TEST_F(RolloutMetricsTest, ClicksBelongToTheVersionThatShowedTheItem) {
  show("u1", "a", "r1", kControl);
  show("u1", "b", "r1", kControl);
  show("u2", "a", "r2", kCanary);
  show("u3", "a", "r3", ModelVersion(3));
  happen(kClick, "u1", "a", "r1");
  happen(kClick, "u2", "a", "r2");
  happen(kPurchase, "u2", "a", "r2");
  happen(kClick, "u3", "a", "r3");
  const auto pair = read();
  EXPECT_EQ(pair.control.clicks.denominator(), 2);
  EXPECT_EQ(pair.control.clicks.numerator(), 1);
  EXPECT_EQ(pair.control.purchases.numerator(), 0);
  EXPECT_EQ(pair.canary.clicks.denominator(), 1);
  EXPECT_EQ(pair.canary.clicks.numerator(), 1);
  EXPECT_EQ(pair.canary.purchases.numerator(), 1);
}

TEST_F(RolloutMetricsTest, CountsEachOutcomeOfAnImpressionOnce) {
  show("u1", "a", "r1", kCanary);
  show("u1", "a", "r1", kCanary);
  for (int i = 0; i < 3; ++i) happen(kClick, "u1", "a", "r1");
  EXPECT_EQ(read().canary.clicks.denominator(), 1);
  EXPECT_EQ(read().canary.clicks.numerator(), 1);
}

TEST_F(RolloutMetricsTest, LeavesOutWhatNoRecommendationShowed) {
  show("u1", "a", "r1", kCanary);
  happen(kClick, "u1", "b", "r1");
  happen(kClick, "u1", "a", "r9");
  happen(kClick, "u1", "a", "");
  happen(kLike, "u1", "a", "r1");
  EXPECT_EQ(read().canary.clicks.numerator(), 0);
}

TEST_F(RolloutMetricsTest, AClickMayBeStampedBeforeItsImpression) {
  happen(kClick, "u1", "a", "r1");
  show("u1", "a", "r1", kCanary);
  EXPECT_EQ(read().canary.clicks.numerator(), 1);
}

TEST_F(RolloutMetricsTest, AgreesWithANaiveCountByUser) {
  Random random(11);
  std::map<ModelVersion, std::map<std::string, std::pair<double, double>>> oracle;  // Clicks, impressions.
  for (int request = 0; request < 300; ++request) {
    const std::string user = "u" + std::to_string(random.below(40));
    const ModelVersion version = random.below(2) == 0 ? kControl : kCanary;
    for (int item = 0; item < 5; ++item) {
      show(user, "i" + std::to_string(item), "r" + std::to_string(request), version);
      ++oracle[version][user].second;
      if (random.below(4) != 0) continue;
      happen(kClick, user, "i" + std::to_string(item), "r" + std::to_string(request));
      ++oracle[version][user].first;
    }
  }
  const auto pair = read();
  const auto expect_equal = [&](const RatioMoments& found, ModelVersion version) {
    RatioMoments expected;
    for (const auto& [user, counts] : oracle[version]) expected.add(counts.first, counts.second);
    EXPECT_EQ(found.users(), expected.users());
    EXPECT_EQ(found.ratio(), expected.ratio());
    EXPECT_NEAR(found.variance(), expected.variance(), 1e-12);
  };
  expect_equal(pair.control.clicks, kControl);
  expect_equal(pair.canary.clicks, kCanary);
}

}  // namespace
}  // namespace magpie::batch
