#include "serving/fan_out.h"

#include <optional>
#include <utility>

namespace magpie::serving {
namespace {

// Where the strategies of one request leave their results. Shared by the request and the tasks.
class Gathering {
 public:
  explicit Gathering(std::size_t strategies) : results_(strategies), shed_(strategies) {}

  void deliver(std::size_t strategy, Result<std::vector<Candidate>> result) {
    {
      const std::lock_guard lock(mutex_);
      results_[strategy] = std::move(result);
      ++arrived_;
    }
    changed_.notify_one();
  }

  void shed(std::size_t strategy) {
    const std::lock_guard lock(mutex_);
    shed_[strategy] = true;
    ++arrived_;
  }

  // Once: what has arrived when the wait is over. Later deliveries go nowhere.
  [[nodiscard]] std::vector<StrategyReport> collect(std::span<const Strategy> strategies, const FanOut::Wait& wait) {
    std::unique_lock lock(mutex_);
    wait(changed_, lock, [this] { return arrived_ == results_.size(); });
    std::vector<StrategyReport> reports;
    reports.reserve(strategies.size());
    for (std::size_t i = 0; i < strategies.size(); ++i) reports.push_back(report(strategies[i].source, i));
    return reports;
  }

 private:
  [[nodiscard]] StrategyReport report(Source source, std::size_t strategy) {
    if (shed_[strategy]) return {source, StrategyOutcome::kShed, {}, {}};
    auto& result = results_[strategy];
    if (!result) return {source, StrategyOutcome::kLate, {}, {}};
    if (!result->ok()) return {source, StrategyOutcome::kFailed, {}, result->error().to_string()};
    return {source, StrategyOutcome::kOk, std::move(**result), {}};
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<Result<std::vector<Candidate>>>> results_;
  std::vector<bool> shed_;
  std::size_t arrived_ = 0;
};

}  // namespace

std::string_view to_string(StrategyOutcome outcome) {
  switch (outcome) {
    case StrategyOutcome::kOk: return "ok";
    case StrategyOutcome::kLate: return "late";
    case StrategyOutcome::kFailed: return "failed";
    case StrategyOutcome::kShed: return "shed";
  }
  return "unknown";
}

FanOut::FanOut(ThreadPool& pool, Duration deadline)
    : FanOut(pool, [deadline](std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
                              const std::function<bool()>& done) { changed.wait_for(lock, deadline, done); }) {}

FanOut::FanOut(ThreadPool& pool, Wait wait) : pool_(pool), wait_(std::move(wait)) {}

std::vector<StrategyReport> FanOut::run(std::span<const Strategy> strategies,
                                        const std::shared_ptr<const RequestContext>& context) const {
  const auto gathering = std::make_shared<Gathering>(strategies.size());
  for (std::size_t i = 0; i < strategies.size(); ++i) {
    auto task = [gathering, context, i, strategy = strategies[i]] {
      gathering->deliver(i, strategy.generate(*context, strategy.quota));
    };
    if (!pool_.try_submit(std::move(task))) gathering->shed(i);
  }
  return gathering->collect(strategies, wait_);
}

}  // namespace magpie::serving
