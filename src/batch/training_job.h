// TrainingJob: runs trainings one at a time in the background and says how the current and the last one fare.
// Thread-safe.
#pragma once

#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "base/status.h"
#include "batch/train_settings.h"
#include "model/trained_model.h"

namespace magpie::batch {

struct TrainingStatus {
  bool running = false;
  TrainProgress progress;            // Of the running one.
  std::optional<ModelInfo> last;     // The last success since the start of the process.
  std::optional<Error> last_error;   // Of the last training, if it failed.
};

class TrainingJob {
 public:
  using Train = std::function<Result<ModelInfo>(const ReportProgress&)>;
  // `train` does the work; it is called from this object's thread, never twice at a time. What it throws becomes an
  // error of the training.
  explicit TrainingJob(Train train);
  // Waits for the running training.
  ~TrainingJob() = default;
  TrainingJob(const TrainingJob&) = delete;
  TrainingJob& operator=(const TrainingJob&) = delete;

  // kFailedPrecondition when one is running.
  Status start();
  // Starts one, or joins the running one, and waits for its end.
  [[nodiscard]] Result<ModelInfo> run();
  [[nodiscard]] TrainingStatus status() const;

 private:
  using Outcome = Result<ModelInfo>;

  // Both with mutex_ held.
  void launch();
  void record(const Outcome& outcome);
  // The body of the thread.
  void work(std::promise<Outcome> promise);
  [[nodiscard]] Outcome train();

  const Train train_;
  mutable std::mutex mutex_;
  TrainingStatus status_;
  std::shared_future<Outcome> outcome_;  // Of the running training.
  std::jthread thread_;                  // The last member: joined before the others go.
};

}  // namespace magpie::batch
