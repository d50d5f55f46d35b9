#include "serving/fan_out.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <optional>

#include "serving/film_shop_test.h"

namespace magpie::serving {
namespace {

Strategy delivers(Source source, std::uint32_t item) {
  return {source,
          [item](const RequestContext&, std::size_t quota) -> Result<std::vector<Candidate>> {
            return std::vector<Candidate>(quota, Candidate{ItemIndex(item), 1});
          },
          1};
}

Strategy fails(Source source) {
  return {source,
          [](const RequestContext&, std::size_t) -> Result<std::vector<Candidate>> { return unavailable("down"); }, 1};
}

void wait_for_all(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
                  const std::function<bool()>& done) {
  changed.wait(lock, done);
}

class FanOutTest : public ::testing::Test {
 protected:
  std::shared_ptr<const RequestContext> context_ = context_of(snapshot_of(films()), nullptr, {});
};

TEST_F(FanOutTest, ReportsEveryStrategyInOrder) {
  ThreadPool pool(2, 16);
  const FanOut fan_out(pool, wait_for_all);
  std::vector<Strategy> strategies{delivers(Source::kContent, 3), fails(Source::kTrending),
                                   delivers(Source::kCollaborative, 4)};
  strategies[0].quota = 2;
  const auto reports = fan_out.run(strategies, context_);
  ASSERT_EQ(reports.size(), 3U);
  EXPECT_EQ(reports[0].source, Source::kContent);
  EXPECT_EQ(reports[0].outcome, StrategyOutcome::kOk);
  EXPECT_EQ(reports[0].candidates.size(), 2U);
  EXPECT_EQ(reports[0].candidates[0].item, ItemIndex(3));
  EXPECT_EQ(reports[1].outcome, StrategyOutcome::kFailed);
  EXPECT_NE(reports[1].reason.find("down"), std::string::npos);
  EXPECT_EQ(reports[2].source, Source::kCollaborative);
  EXPECT_EQ(reports[2].outcome, StrategyOutcome::kOk);
}

// Time is up when all but the gated strategy are done; the gate opens when the answer is there.
TEST_F(FanOutTest, LeavesOutALateStrategyWhichFinishesSafelyLater) {
  std::atomic<bool> finished = false;
  std::weak_ptr<const RequestContext> watched = context_;
  {
    ThreadPool pool(2, 16);
    std::latch gate(1);
    std::latch prompt_ones(2);
    const auto prompt = [&](Source source, std::uint32_t item) {
      return Strategy{source,
                      [&prompt_ones, item](const RequestContext&, std::size_t) -> Result<std::vector<Candidate>> {
                        prompt_ones.count_down();
                        return std::vector<Candidate>{{ItemIndex(item), 1}};
                      },
                      1};
    };
    const Strategy gated{Source::kItemToItem,
                         [&](const RequestContext& context, std::size_t) -> Result<std::vector<Candidate>> {
                           gate.wait();
                           finished = context.catalogue->item_count() > 0;
                           return std::vector<Candidate>{{ItemIndex(9), 1}};
                         },
                         1};
    // Done without the gated one: the two prompt strategies have delivered, which the fan-out alone knows. Both run on
    // the second thread, one after the other, so an extra task behind them says that they have.
    std::latch behind(1);
    const auto time_is_up = [&](std::condition_variable&, std::unique_lock<std::mutex>& lock,
                                const std::function<bool()>& done) {
      lock.unlock();
      EXPECT_TRUE(pool.try_submit([&] { behind.count_down(); }));
      behind.wait();
      lock.lock();
      EXPECT_FALSE(done());
    };
    const FanOut fan_out(pool, time_is_up);
    const std::vector<Strategy> strategies{gated, prompt(Source::kContent, 1), prompt(Source::kTrending, 2)};
    const auto reports = fan_out.run(strategies, context_);
    prompt_ones.wait();
    ASSERT_EQ(reports.size(), 3U);
    EXPECT_EQ(reports[0].outcome, StrategyOutcome::kLate);
    EXPECT_TRUE(reports[0].candidates.empty());
    EXPECT_EQ(reports[1].outcome, StrategyOutcome::kOk);
    EXPECT_EQ(reports[2].outcome, StrategyOutcome::kOk);
    context_.reset();  // The request is over.
    EXPECT_FALSE(watched.expired()) << "the late strategy still owns what it reads";
    gate.count_down();
  }  // The pool runs what it has and joins.
  EXPECT_TRUE(finished);
  EXPECT_TRUE(watched.expired()) << "and lets go of it in the end";
}

TEST_F(FanOutTest, ShedsWhatThePoolCannotTake) {
  ThreadPool pool(1, 0);
  const FanOut fan_out(pool, wait_for_all);
  const std::vector<Strategy> strategies{delivers(Source::kContent, 1), delivers(Source::kTrending, 2)};
  const auto reports = fan_out.run(strategies, context_);
  for (const StrategyReport& report : reports) EXPECT_EQ(report.outcome, StrategyOutcome::kShed);
}

TEST_F(FanOutTest, DeadlineEndsTheWait) {
  std::latch gate(1);
  ThreadPool pool(1, 16);
  const FanOut fan_out(pool, Duration(1));
  const std::vector<Strategy> strategies{{Source::kContent,
                                          [&](const RequestContext&, std::size_t) -> Result<std::vector<Candidate>> {
                                            gate.wait();
                                            return std::vector<Candidate>{};
                                          },
                                          1}};
  EXPECT_EQ(fan_out.run(strategies, context_).at(0).outcome, StrategyOutcome::kLate);
  gate.count_down();
}

TEST_F(FanOutTest, NoStrategiesNoWait) {
  ThreadPool pool(1, 1);
  EXPECT_TRUE(FanOut(pool, wait_for_all).run({}, context_).empty());
}

}  // namespace
}  // namespace magpie::serving
