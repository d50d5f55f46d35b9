// FanOut: runs the candidate strategies in parallel under one deadline.
//
// A strategy that fails, finds the pool's queue full, or is not done in time is left out of the answer and reported.
// One that is late goes on until it is done: it owns all that it touches (strategy, context, its place for the result).
// Thread-safe. run() must not be called from the pool's own threads: they would wait for themselves.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "model/recommendation.h"
#include "serving/request_context.h"

namespace magpie::serving {

struct Strategy {
  using Generate = std::function<Result<std::vector<Candidate>>(const RequestContext&, std::size_t quota)>;
  Source source = Source::kCollaborative;
  Generate generate;
  std::size_t quota = 0;
};

enum class StrategyOutcome {
  kOk,
  kLate,
  kFailed,
  kShed,  // The pool had no room.
};
inline constexpr std::size_t kStrategyOutcomes = 4;
[[nodiscard]] std::string_view to_string(StrategyOutcome outcome);  // "ok", "late", ...

struct StrategyReport {
  Source source = Source::kCollaborative;
  StrategyOutcome outcome = StrategyOutcome::kOk;
  std::vector<Candidate> candidates;  // Empty unless kOk.
  std::string reason;  // Of kFailed.
};

class FanOut {
 public:
  // Blocks until done() or until it has had enough; the lock is held whenever done() is called.
  using Wait =
      std::function<void(std::condition_variable&, std::unique_lock<std::mutex>&, const std::function<bool()>& done)>;

  // Waits for `deadline`, a real duration.
  FanOut(ThreadPool& pool, Duration deadline);
  // Lets a test decide when time is up.
  FanOut(ThreadPool& pool, Wait wait);

  // A report for each strategy, in their order.
  [[nodiscard]] std::vector<StrategyReport> run(std::span<const Strategy> strategies,
                                                const std::shared_ptr<const RequestContext>& context) const;

 private:
  ThreadPool& pool_;
  Wait wait_;
};

}  // namespace magpie::serving
