#include "batch/training_job.h"

#include <exception>
#include <new>
#include <utility>

namespace magpie::batch {

TrainingJob::TrainingJob(Train train) : train_(std::move(train)) {}

Status TrainingJob::start() {
  const std::lock_guard lock(mutex_);
  if (status_.running) return failed_precondition("a training is running already");
  launch();
  return ok_status();
}

Result<ModelInfo> TrainingJob::run() {
  std::shared_future<Outcome> outcome;
  {
    const std::lock_guard lock(mutex_);
    if (!status_.running) launch();
    outcome = outcome_;
  }
  return outcome.get();
}

TrainingStatus TrainingJob::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void TrainingJob::launch() {
  std::promise<Outcome> promise;
  outcome_ = promise.get_future().share();
  status_.running = true;
  status_.progress = {};
  // Assigning joins the thread before, which takes the mutex no more once it has set running to false.
  thread_ = std::jthread([this, promise = std::move(promise)]() mutable { work(std::move(promise)); });
}

void TrainingJob::work(std::promise<Outcome> promise) {
  const Outcome outcome = train();
  {
    const std::lock_guard lock(mutex_);
    record(outcome);
  }
  promise.set_value(outcome);
}

TrainingJob::Outcome TrainingJob::train() {
  try {
    return train_([this](const TrainProgress& progress) {
      const std::lock_guard lock(mutex_);
      status_.progress = progress;
    });
  } catch (const std::bad_alloc&) {
    return resource_exhausted("not enough memory for the training");
  } catch (const std::exception& failure) {
    return internal_error(failure.what());
  }
}

void TrainingJob::record(const Outcome& outcome) {
  status_.running = false;
  if (outcome.ok()) {
    status_.last = *outcome;
    status_.last_error.reset();
  } else {
    status_.last_error = outcome.error();
  }
}

}  // namespace magpie::batch
