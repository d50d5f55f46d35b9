#include "batch/pipeline/execution.h"

#include <atomic>
#include <exception>
#include <fstream>
#include <new>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/file.h"
#include "batch/pipeline/task_output.h"

namespace magpie::batch::pipeline {
namespace {

std::string seconds_text(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + " s";
}

Status call(const TaskBody& body, TaskContext& context) {
  try {
    return body(context);
  } catch (const std::bad_alloc&) {
    return resource_exhausted("not enough memory");
  } catch (const std::exception& failure) {
    return internal_error(failure.what());
  }
}

}  // namespace

struct Execution::Attempt {
  explicit Attempt(PipelineRun run_then) : run(std::move(run_then)) {}

  const PipelineRun run;  // As the attempt found it.
  std::stop_source stop;
  bool late = false;  // Asked to stop because its time is over.
  std::atomic<double> progress = 0;
  std::map<std::string, std::string> facts;  // Of the outcome.
  std::optional<Status> outcome;             // Empty while it runs.
  std::jthread thread;                       // The last member: joined before the others go.
};

Execution::Execution(const ExecutionEnvironment& environment, PipelineRun run)
    : environment_(environment), run_(std::move(run)) {}

Execution::~Execution() {
  // What cannot be stored now is found as running by the next start, which counts it as a failed attempt.
  static_cast<void>(interrupt().ok());
}

Status Execution::step() {
  const std::lock_guard lock(mutex_);
  const Timestamp now = environment_.clock.now();
  bool changed = collect(now);
  if (ended_) return changed ? environment_.store.save(run_) : Status();
  const Decision decision = next(environment_.dag, run_, now);
  stop_late_tasks(decision);
  if (decision.sla_missed) {
    run_.sla_missed = changed = true;
    environment_.observer.sla_missed(run_);
  }
  if (!decision.start.empty()) return begin(decision.start, now);
  if (decision.ended) {
    end_run(run_, *decision.ended, now);
    ended_ = changed = true;
  }
  if (changed) MAGPIE_RETURN_IF_ERROR(environment_.store.save(run_));
  if (ended_) environment_.observer.run_ended(run_);
  return {};
}

Status Execution::start(std::string_view task) {
  const std::lock_guard lock(mutex_);
  if (attempts_.contains(std::string(task))) return failed_precondition(std::string(task) + " is running");
  if (!is_ready(environment_.dag, run_, task)) {
    return failed_precondition("what " + std::string(task) + " waits for has not succeeded");
  }
  ended_ = false;
  return begin({std::string(task)}, environment_.clock.now());
}

Status Execution::begin(const std::vector<std::string>& tasks, Timestamp now) {
  for (const std::string& task : tasks) start_task(run_, task, now);
  if (Status saved = environment_.store.save(run_); !saved.ok()) {
    for (const std::string& task : tasks) interrupt_task(run_, task);
    return saved;
  }
  for (const std::string& task : tasks) launch(task);
  return {};
}

void Execution::launch(const std::string& task) {
  auto attempt = std::make_unique<Attempt>(run_);
  Attempt& running = *attempt;
  attempts_.emplace(task, std::move(attempt));
  running.thread = std::jthread([this, task, &running] { work(task, running); });
}

void Execution::work(const std::string& task, Attempt& attempt) const {
  Status outcome = perform(task, attempt);
  {
    const std::lock_guard lock(mutex_);
    attempt.outcome = std::move(outcome);
    attempt_ended_.notify_all();
  }
  if (environment_.wake) environment_.wake();
}

Status Execution::perform(const std::string& task, Attempt& attempt) const {
  const RunId& id = attempt.run.plan.id;
  // A log that cannot be written is no reason to fail: the stream swallows it.
  std::ofstream file(environment_.store.log_path(id, task, task_of(attempt.run, task).attempts), std::ios::app);
  const Logger log = Logger::to_stream(file, LogLevel::kDebug, LogFormat::kText);
  log.info("begins", {{"task", task}, {"attempt", task_of(attempt.run, task).attempts}});
  Status outcome = make_and_seal(task, attempt, log);
  if (outcome.ok()) {
    log.info("succeeded");
  } else {
    log.error("failed", {{"reason", outcome.error().to_string()}});
  }
  return outcome;
}

Status Execution::make_and_seal(const std::string& task, Attempt& attempt, const Logger& log) const {
  const auto directory = environment_.store.directory(attempt.run.plan.id);
  const auto making = directory / ("." + task);
  MAGPIE_RETURN_IF_ERROR(prepare_output(making));
  TaskContext context(attempt.run, {directory, making}, environment_.clock, log, attempt.stop.get_token(),
                      attempt.progress);
  const auto body = environment_.bodies.find(task);
  if (body == environment_.bodies.end()) return internal_error("nobody knows how to do " + task);
  Status done = call(body->second, context);
  attempt.facts = context.facts();
  if (!done.ok()) {
    MAGPIE_RETURN_IF_ERROR(magpie::remove_all(making));
    return done;
  }
  return seal_output(making, directory / task);
}

bool Execution::collect(Timestamp now) {
  bool any = false;
  for (auto entry = attempts_.begin(); entry != attempts_.end();) {
    if (!entry->second->outcome) {
      ++entry;
      continue;
    }
    entry->second->thread.join();  // It has done everything but wake us.
    record(entry->first, *entry->second, now);
    entry = attempts_.erase(entry);
    any = true;
  }
  return any;
}

void Execution::record(const std::string& task, const Attempt& attempt, Timestamp now) {
  const Status& outcome = *attempt.outcome;
  if (!outcome.ok() && interrupting_) return interrupt_task(run_, task);
  const auto timeout = environment_.dag.find(task)->timeout;
  const bool too_late = !outcome.ok() && attempt.late;
  finish_task(run_, task,
              too_late ? Error(ErrorCode::kDeadlineExceeded, "not done within " + seconds_text(timeout)) : outcome,
              now);
  task_of(run_, task).facts = attempt.facts;
  environment_.observer.task_ended(run_, task);
}

void Execution::stop_late_tasks(const Decision& decision) {
  for (const std::string& task : decision.time_out) {
    const auto attempt = attempts_.find(task);
    if (attempt == attempts_.end()) continue;
    attempt->second->late = true;
    attempt->second->stop.request_stop();
  }
}

Status Execution::interrupt() {
  std::unique_lock lock(mutex_);
  interrupting_ = true;
  for (auto& [task, attempt] : attempts_) attempt->stop.request_stop();
  attempt_ended_.wait(lock, [this] {
    for (const auto& [task, attempt] : attempts_) {
      if (!attempt->outcome) return false;
    }
    return true;
  });
  const bool any = collect(environment_.clock.now());
  interrupting_ = false;
  return any ? environment_.store.save(run_) : Status();
}

Status Execution::change(const std::function<void(PipelineRun&)>& change) {
  const std::lock_guard lock(mutex_);
  change(run_);
  return environment_.store.save(run_);
}

PipelineRun Execution::snapshot() const {
  const std::lock_guard lock(mutex_);
  PipelineRun run = run_;
  for (const auto& [task, attempt] : attempts_) task_of(run, task).progress = attempt->progress;
  return run;
}

bool Execution::is_over() const {
  const std::lock_guard lock(mutex_);
  return ended_ || (attempts_.empty() && run_.plan.driver == Driver::kExternal);
}

}  // namespace magpie::batch::pipeline
