#include "batch/pipeline/pipeline.h"

#include <algorithm>
#include <utility>

#include "base/file.h"
#include "batch/pipeline/task_output.h"
#include "model/user_state.h"

namespace magpie::batch::pipeline {
namespace {

// Retries, timeouts and the SLA are looked at this often; the end of a task wakes at once.
constexpr auto kTick = std::chrono::milliseconds(100);
constexpr auto kReportInterval = std::chrono::milliseconds(50);
constexpr std::size_t kLogLimit = std::size_t{16} << 20U;  // bytes

bool is_unfinished(const PipelineRun& run, Driver driver) {
  return run.state == RunState::kRunning && run.plan.driver == driver;
}

RunId manual_run_id(Timestamp now) {
  // Milliseconds, so that two runs by hand within a second are two runs.
  return RunId("manual__" + scheduled_run_id(now).get() + "." + std::to_string(to_unix_ms(now) % 1000));
}

}  // namespace

Pipeline::Pipeline(Dag dag, TaskBodies bodies, RunStore store, PipelineSettings settings, const Clock& clock,
                   Metrics& metrics, const Logger& logger, AlertSink alert,
                   std::function<void(const PipelineRun&)> ended)
    : dag_(std::move(dag)),
      bodies_(std::move(bodies)),
      store_(std::move(store)),
      settings_(std::move(settings)),
      clock_(clock),
      logger_(logger),
      reporter_(clock, metrics, logger, std::move(alert)),
      ended_(std::move(ended)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

Pipeline::~Pipeline() { stop(); }

void Pipeline::stop() {
  stopping_.request_stop();
  thread_.request_stop();
  wake();
  if (thread_.joinable()) thread_.join();
  const std::lock_guard control(control_mutex_);
  Executions stopped;
  {
    const std::lock_guard lock(mutex_);
    stopped.swap(executions_);
  }
  stopped.clear();  // Interrupts.
  wake();
}

Status Pipeline::resume() {
  const std::lock_guard control(control_mutex_);
  MAGPIE_ASSIGN_OR_RETURN(auto runs, stored_runs());
  bool resumed = active().has_value();
  for (PipelineRun& run : runs) {
    if (run.state != RunState::kRunning || find(run.plan.id) != nullptr) continue;
    recover(run, clock_.now());
    if (!run.data_discarded) repeat_what_is_lost(run);
    const auto ended = next(dag_, run, clock_.now()).ended;  // The crash may have been its last attempt.
    if (ended) end_run(run, *ended, clock_.now());
    MAGPIE_RETURN_IF_ERROR(store_.save(run));
    if (ended || run.plan.driver != Driver::kEngine || resumed) continue;
    resumed = true;
    logger_.info("going on with a run", {{"run", run.plan.id.get()}});
    add(std::move(run));
  }
  return {};
}

// Outputs are not synced: the machine may have taken some of them with it.
void Pipeline::repeat_what_is_lost(PipelineRun& run) const {
  for (const TaskSpec& task : dag_.tasks()) {
    if (task_of(run, task.id).state != TaskState::kSucceeded || !task.needs_data) continue;
    const Status verified = verify_output(store_.directory(run.plan.id) / task.id);
    if (verified.ok()) continue;
    logger_.warning("output lost", {{"run", run.plan.id.get()}, {"task", task.id}, {"reason", verified.to_string()}});
    pipeline::retry(dag_, run, task.id);
  }
}

Status Pipeline::check_startable(const RunRequest& request, Timestamp now) const {
  if (stopping_.stop_requested()) return unavailable("shutting down");
  if (const auto other = active()) return failed_precondition("run " + other->get() + " is going on");
  if (!request.id) return {};
  MAGPIE_RETURN_IF_ERROR(validate_run_id("run_id", request.id->get()));
  const auto time = scheduled_time(*request.id);
  if (time && *time > now) return invalid_argument("run_id", "is a time to come");
  return {};
}

RunPlan Pipeline::plan(const RunRequest& request, Driver driver, Timestamp now) const {
  RunPlan plan;
  plan.id = request.id.value_or(manual_run_id(now));
  plan.created_at = now;
  plan.driver = driver;
  plan.rollout = request.rollout;
  // Events may be ahead of the clock by the skew that the edge allows.
  const auto end = scheduled_time(plan.id).value_or(now + kMaxClockSkew + Duration(1));
  plan.window = {end - settings_.window, end};
  plan.retry = settings_.retry;
  if (request.attended || driver == Driver::kExternal) plan.retry.retries = 0;
  plan.sla = settings_.sla;
  plan.settings = settings_.tasks;
  return plan;
}

Result<PipelineRun> Pipeline::start(const RunRequest& request) {
  const std::lock_guard control(control_mutex_);
  const Timestamp now = clock_.now();
  MAGPIE_RETURN_IF_ERROR(check_startable(request, now));
  PipelineRun run = new_run(dag_, plan(request, Driver::kEngine, now));
  MAGPIE_RETURN_IF_ERROR(store_.create(run));
  MAGPIE_RETURN_IF_ERROR(give_up_unfinished(run.plan.id));
  add(run);
  return run;
}

Status Pipeline::give_up_unfinished(const RunId& except) {
  MAGPIE_ASSIGN_OR_RETURN(auto runs, stored_runs());
  for (PipelineRun& run : runs) {
    if (!is_unfinished(run, Driver::kEngine) || run.plan.id == except) continue;
    recover(run, clock_.now());
    end_run(run, RunState::kFailed, clock_.now());
    run.error = "given up for a newer run";
    MAGPIE_RETURN_IF_ERROR(store_.save(run));
  }
  return {};
}

Result<PipelineRun> Pipeline::retry(const RunId& id, const std::optional<std::string>& from) {
  const std::lock_guard control(control_mutex_);
  if (const auto other = active()) return failed_precondition("run " + other->get() + " is going on");
  if (from && dag_.find(*from) == nullptr) return invalid_argument("from", "there is no task " + *from);
  MAGPIE_ASSIGN_OR_RETURN(PipelineRun run, stored_run(id));
  if (run.state == RunState::kSucceeded && !from) return failed_precondition("run " + id.get() + " has succeeded");
  recover(run, clock_.now());
  pipeline::retry(dag_, run, from);
  run.plan.driver = Driver::kEngine;
  if (run.data_discarded && needs_data(run)) {
    restart(run);
    run.data_discarded = false;
  }
  MAGPIE_RETURN_IF_ERROR(store_.save(run));
  add(run);
  return run;
}

bool Pipeline::needs_data(const PipelineRun& run) const {
  return std::ranges::any_of(dag_.tasks(), [&run](const TaskSpec& task) {
    return task.needs_data && task_of(run, task.id).state != TaskState::kSucceeded;
  });
}

Result<std::shared_ptr<Execution>> Pipeline::external(const RunId& id, const std::string& task) {
  if (auto known = find(id)) {
    if (known->snapshot().plan.driver == Driver::kExternal) return known;
    return failed_precondition("run " + id.get() + " is going on by itself");
  }
  auto run = stored_run(id);
  if (!run.ok() && run.error().code() == ErrorCode::kNotFound && dag_.find(task)->upstreams.empty()) {
    RunRequest request;
    request.id = id;
    MAGPIE_RETURN_IF_ERROR(validate_run_id("run_id", id.get()));
    run = new_run(dag_, plan(request, Driver::kExternal, clock_.now()));
    MAGPIE_RETURN_IF_ERROR(store_.create(*run));
  }
  MAGPIE_RETURN_IF_ERROR(run.status());
  recover(*run, clock_.now());
  run->plan.driver = Driver::kExternal;
  run->plan.retry.retries = 0;
  add(std::move(*run));
  return find(id);
}

Result<PipelineRun> Pipeline::start_task(const RunId& id, const std::string& task, bool force) {
  const std::lock_guard control(control_mutex_);
  if (stopping_.stop_requested()) return unavailable("shutting down");
  if (dag_.find(task) == nullptr) return not_found("there is no task " + task);
  MAGPIE_ASSIGN_OR_RETURN(const auto execution, external(id, task));
  const TaskState state = task_of(execution->snapshot(), task).state;
  if (state == TaskState::kSucceeded && !force) return execution->snapshot();
  if (state == TaskState::kSucceeded) {
    MAGPIE_RETURN_IF_ERROR(execution->change([&](PipelineRun& run) { pipeline::retry(dag_, run, task); }));
  }
  MAGPIE_RETURN_IF_ERROR(execution->start(task));
  return execution->snapshot();
}

Result<PipelineRun> Pipeline::wait(const RunId& id, const std::function<void(const PipelineRun&)>& report) const {
  while (const auto execution = find(id)) {
    if (report) report(execution->snapshot());
    std::unique_lock lock(wake_mutex_);
    const auto seen = wakes_;
    woken_.wait_for(lock, kReportInterval, [&] { return wakes_ != seen; });
  }
  if (stopping_.stop_requested()) return unavailable("shutting down");
  return stored_run(id);
}

Result<PipelineRun> Pipeline::get(const RunId& id) const {
  if (const auto execution = find(id)) return execution->snapshot();
  MAGPIE_ASSIGN_OR_RETURN(PipelineRun run, stored_run(id));
  // Nobody works on it: what is stored as running was running when its process ended.
  recover(run, clock_.now());
  return run;
}

Result<std::vector<PipelineRun>> Pipeline::list() const {
  MAGPIE_ASSIGN_OR_RETURN(auto runs, stored_runs());
  for (PipelineRun& run : runs) {
    if (const auto execution = find(run.plan.id)) {
      run = execution->snapshot();
    } else {
      recover(run, clock_.now());
    }
  }
  return runs;
}

Result<std::string> Pipeline::log(const RunId& id, std::string_view task, std::optional<std::uint32_t> attempt) const {
  MAGPIE_ASSIGN_OR_RETURN(const PipelineRun run, get(id));
  if (dag_.find(task) == nullptr) return not_found("no task " + std::string(task));
  return read_file(store_.log_path(id, task, attempt.value_or(task_of(run, task).attempts)), kLogLimit);
}

std::optional<RunId> Pipeline::active() const {
  for (const auto& [id, execution] : executions()) {
    if (execution->snapshot().plan.driver == Driver::kEngine) return id;
  }
  return std::nullopt;
}

std::set<RunId> Pipeline::going_on() const {
  std::set<RunId> ids;
  for (const auto& [id, execution] : executions()) ids.insert(id);
  return ids;
}

Status Pipeline::without_data(const std::function<Status()>& work) {
  const std::lock_guard control(control_mutex_);
  MAGPIE_RETURN_IF_ERROR(lose_data());
  Status done = work();
  wake();
  return done;
}

Status Pipeline::lose_data() {
  for (const auto& [id, execution] : executions()) MAGPIE_RETURN_IF_ERROR(execution->interrupt());
  MAGPIE_ASSIGN_OR_RETURN(auto runs, stored_runs());
  for (PipelineRun& run : runs) {
    if (run.data_discarded) continue;
    const auto lose = [this](PipelineRun& changed) {
      changed.data_discarded = !needs_data(changed);
      if (!changed.data_discarded) restart(changed);
    };
    MAGPIE_RETURN_IF_ERROR(store_.discard_data(run.plan.id));
    if (const auto execution = find(run.plan.id)) {
      MAGPIE_RETURN_IF_ERROR(execution->change(lose));
    } else {
      lose(run);
      MAGPIE_RETURN_IF_ERROR(store_.save(run));
    }
  }
  return {};
}

void Pipeline::add(PipelineRun run) {
  const RunId id = run.plan.id;
  auto execution = std::make_shared<Execution>(
      ExecutionEnvironment{dag_, bodies_, store_, clock_, reporter_, [this] { wake(); }}, std::move(run));
  {
    const std::lock_guard lock(mutex_);
    executions_[id] = std::move(execution);
  }
  wake();
}

Result<PipelineRun> Pipeline::stored_run(const RunId& id) const {
  MAGPIE_ASSIGN_OR_RETURN(PipelineRun run, store_.load(id));
  adapt(dag_, run);
  return run;
}

Result<std::vector<PipelineRun>> Pipeline::stored_runs() const {
  MAGPIE_ASSIGN_OR_RETURN(auto runs, store_.list());
  for (PipelineRun& run : runs) adapt(dag_, run);
  return runs;
}

std::shared_ptr<Execution> Pipeline::find(const RunId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = executions_.find(id);
  return found == executions_.end() ? nullptr : found->second;
}

Pipeline::Executions Pipeline::executions() const {
  const std::lock_guard lock(mutex_);
  return executions_;
}

void Pipeline::work(const std::stop_token& stop) {
  std::uint64_t seen = 0;
  while (!stop.stop_requested()) {
    {
      const std::lock_guard control(control_mutex_);
      drive_all();
    }
    const bool idle = executions().empty();
    std::unique_lock lock(wake_mutex_);
    const auto woken = [&] { return wakes_ != seen; };
    if (idle) {
      woken_.wait(lock, stop, woken);
    } else {
      woken_.wait_for(lock, stop, kTick, woken);
    }
    seen = wakes_;
  }
}

void Pipeline::wake() const {
  const std::lock_guard lock(wake_mutex_);
  ++wakes_;
  woken_.notify_all();
}

void Pipeline::drive_all() {
  for (const auto& [id, execution] : executions()) drive(id, *execution);
}

void Pipeline::drive(const RunId& id, Execution& execution) {
  const Status stepped = execution.step();
  if (stepped.ok() && !execution.is_over()) return;
  if (!stepped.ok()) {
    logger_.error("run given up until it is retried", {{"run", id.get()}, {"reason", stepped.to_string()}});
  }
  const PipelineRun run = execution.snapshot();
  if (run.state != RunState::kRunning) tidy(id);
  if (ended_ && run.plan.driver == Driver::kEngine) ended_(run);
  {
    const std::lock_guard lock(mutex_);
    executions_.erase(id);
  }
  wake();
}

// Data is kept of the newest failed run only: to be gone on with, or to be looked at.
void Pipeline::tidy(const RunId& ended) {
  const auto tidied = [this, &ended]() -> Status {
    MAGPIE_ASSIGN_OR_RETURN(auto runs, stored_runs());
    for (PipelineRun& run : runs) {
      const bool keeps = run.state == RunState::kRunning || (run.state == RunState::kFailed && run.plan.id == ended);
      if (keeps || run.data_discarded) continue;
      MAGPIE_RETURN_IF_ERROR(store_.discard_data(run.plan.id));
      run.data_discarded = true;
      MAGPIE_RETURN_IF_ERROR(store_.save(run));
    }
    return store_.retain(settings_.runs_kept);
  }();
  if (!tidied.ok()) logger_.warning("old runs stay", {{"reason", tidied.to_string()}});
}

}  // namespace magpie::batch::pipeline
