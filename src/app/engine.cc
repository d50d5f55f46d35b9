#include "app/engine.h"

#include <malloc.h>

#include <algorithm>
#include <condition_variable>
#include <random>
#include <utility>

#include "batch/daily_pipeline.h"
#include "batch/erasure.h"
#include "batch/pipeline_training.h"
#include "batch/retention.h"

namespace magpie::app {
namespace {

constexpr auto kFollowInterval = std::chrono::milliseconds(200);
constexpr auto kRetentionInterval = std::chrono::hours(1);
constexpr auto kFlushPoll = std::chrono::milliseconds(2);
constexpr auto kAlertPatience = std::chrono::seconds(30);
constexpr std::size_t kStrategyQueue = 4096;  // Tasks; a full queue leaves strategies out instead of waiting.

}  // namespace

Engine::Engine(Ports& ports, batch::pipeline::RunStore runs, const Settings& settings, const EventTypes& types,
               const Clock& clock, Metrics& metrics, const Logger& logger, Autonomy autonomy)
    : ports_(ports),
      settings_(settings),
      clock_(clock),
      logger_(logger),
      autonomy_(autonomy),
      ids_(clock, std::random_device{}()),
      pool_(static_cast<std::size_t>(settings.serving.strategy_threads()), kStrategyQueue),
      ingest_(ports.event_log(), ports.catalogue(), types, clock, ids_, metrics),
      stream_(ports.event_log(), ports.features(), types, clock, metrics, settings.stream_settings()),
      persister_(ports.event_log(), ports.history(), clock, metrics, settings.persister_settings()),
      loader_(ports.models(), ports.catalogue(), ports.indexes(), models_, metrics),
      monitor_(models_, loader_),
      cold_start_(ports.catalogue(), models_, types, clock, metrics, settings.cold_start.settings()),
      recommender_(
          ports.catalogue(), ports.features(), models_, types, clock, ids_, pool_, metrics,
          [this](std::vector<Event> impressions) { ingest_.log_impressions(std::move(impressions)); },
          settings.recommender_settings(), settings.cold_start.enabled() ? &cold_start_ : nullptr),
      alerts_(settings.pipeline.alert_command(), kAlertPatience, logger),
      pipeline_(
          batch::daily_dag(), batch::daily_tasks(daily_dependencies()), std::move(runs), settings.pipeline_settings(),
          clock, metrics, logger, [this](const batch::pipeline::Alert& alert) { alerts_.send(alert); },
          [this](const batch::pipeline::PipelineRun&) { run_ended(); }),
      training_(
          [this](const auto& progress) { return batch::train_by_pipeline(pipeline_, ports_.models(), progress); }),
      services_{.ingest = ingest_,
                .recommender = recommender_,
                .catalogue = ports.catalogue(),
                .features = ports.features(),
                .models = ports.models(),
                .training = training_,
                .pipeline = pipeline_,
                .metrics = metrics,
                .types = types,
                .clock = clock,
                .erase_user = [this](const UserId& user) { return erase(user); },
                .readiness = [this] { return readiness(); },
                .refresh_models = [this] { return loader_.refresh(); }} {}

Engine::~Engine() { stop(); }

void Engine::start() {
  stream_thread_ = std::jthread([this](const std::stop_token& stop) {
    if (const auto ended = stream_.run(stop); !ended.ok()) fail("stream processor", ended.error());
  });
  persister_thread_ = std::jthread([this](const std::stop_token& stop) {
    if (const auto ended = persister_.run(stop); !ended.ok()) fail("persister", ended.error());
  });
  house_thread_ = std::jthread([this](const std::stop_token& stop) { keep_house(stop); });
}

void Engine::stop() {
  pipeline_.stop();  // First: others may wait for a run.
  for (auto* thread : {&house_thread_, &stream_thread_, &persister_thread_}) {
    thread->request_stop();
    if (thread->joinable()) thread->join();
  }
}

// Everything that must have happened before the first answer.
Status Engine::prepare(const std::stop_token& stop) {
  MAGPIE_RETURN_IF_ERROR(flush());
  follow_models();
  if (autonomy_ == Autonomy::kNo) return {};
  MAGPIE_RETURN_IF_ERROR(pipeline_.resume());
  if (pipeline_.active() || !settings_.train.on_start() || models_.get() != nullptr) return {};
  MAGPIE_ASSIGN_OR_RETURN(const auto history, ports_.history().summary());
  if (history.events == 0 || stop.stop_requested()) return {};
  {
    const std::lock_guard lock(mutex_);
    not_ready_because_ = "training the first model";
  }
  // A failed training is logged and no reason to refuse requests: trending items need no model.
  if (const auto trained = training_.run(); !trained.ok()) logger_.warning("serving without a model");
  return {};
}

void Engine::keep_house(const std::stop_token& stop) {
  if (const auto prepared = prepare(stop); !prepared.ok()) return fail("start", prepared.error());
  {
    const std::lock_guard lock(mutex_);
    not_ready_because_.clear();
  }
  logger_.info("ready");
  auto scheduler = make_scheduler();
  auto next_retention = clock_.now();
  std::mutex sleep_mutex;
  std::condition_variable_any wake;
  while (!stop.stop_requested()) {
    follow_models();
    if (autonomy_ == Autonomy::kYes && clock_.now() >= next_retention) {
      retain();
      next_retention = clock_.now() + kRetentionInterval;
    }
    if (scheduler) scheduler->tick();
    std::unique_lock lock(sleep_mutex);
    wake.wait_for(lock, stop, kFollowInterval, [] { return false; });
  }
}

void Engine::follow_models() {
  // What is loaded stays in force; the loader has counted the failure and says why at /readyz.
  if (const auto refreshed = loader_.refresh(); !refreshed.ok()) {
    logger_.warning("model not loaded", {{"reason", refreshed.to_string()}});
  }
  cold_start_.refresh();
}

void Engine::retain() {
  const auto report = batch::enforce_retention(ports_.event_log(), ports_.history(), ports_.features(), ports_.models(),
                                               settings_.retention_settings(), clock_.now());
  if (!report.ok()) logger_.warning("retention failed", {{"reason", report.error().to_string()}});
}

batch::DailyDependencies Engine::daily_dependencies() {
  return {.history = ports_.history(),
          .catalogue = ports_.catalogue(),
          .features = ports_.features(),
          .models = ports_.models(),
          .analytics = ports_.analytics(),
          .indexes = ports_.indexes(),
          .serving = monitor_,
          .clock = clock_,
          .flush = [this] { return flush(); },
          .settings = Settings::daily_settings};
}

std::optional<batch::pipeline::Scheduler> Engine::make_scheduler() {
  if (autonomy_ == Autonomy::kNo || settings_.pipeline.schedule().empty()) return std::nullopt;
  const auto schedule = batch::pipeline::CronSchedule::parse(settings_.pipeline.schedule());
  if (!schedule.ok()) return std::nullopt;  // Settings::load() has refused it.
  return std::make_optional<batch::pipeline::Scheduler>(*schedule, pipeline_, clock_, logger_);
}

void Engine::run_ended() {
  ::malloc_trim(0);  // A training needs memory that serving does not; glibc keeps it unless told.
  follow_models();   // In force when the caller hears of it, not a moment later.
}

// What is on its way must arrive before it is erased, or it would come back: events through the log, and what a run of
// the pipeline has read.
Status Engine::erase(const UserId& user) {
  return pipeline_.without_data([&]() -> Status {
    MAGPIE_RETURN_IF_ERROR(flush());
    return stream_.between_batches([&] {
      return batch::erase_user(user, ports_.catalogue(), ports_.event_log(), ports_.features(), ports_.history());
    });
  });
}

Status Engine::flush() {
  auto& log = ports_.event_log();
  std::vector<Offset> ends;
  for (Partition partition = 0; partition < log.partitions(); ++partition) ends.push_back(log.end(partition));
  persister_.request_flush();
  for (Partition partition = 0; partition < ends.size(); ++partition) {
    while (true) {
      MAGPIE_ASSIGN_OR_RETURN(const auto applied, ports_.features().applied(partition));
      MAGPIE_ASSIGN_OR_RETURN(const auto persisted, ports_.history().persisted(partition));
      if (std::min(applied, persisted) >= ends[partition]) break;
      if (failed()) return unavailable(readiness().reason);
      std::this_thread::sleep_for(kFlushPoll);
    }
  }
  return {};
}

api::Readiness Engine::readiness() const {
  const std::lock_guard lock(mutex_);
  if (!failure_.empty()) return {false, failure_};
  if (!not_ready_because_.empty()) return {false, not_ready_because_};
  return {true, {}, loader_.problems()};
}

Status Engine::wait_until_prepared() const {
  while (true) {
    const auto now = readiness();
    if (now.ready) return {};
    if (failed()) return unavailable(now.reason);
    std::this_thread::sleep_for(kFlushPoll);
  }
}

void Engine::fail(const std::string& part, const Error& error) {
  logger_.error(part + " ended", {{"reason", error.to_string()}});
  const std::lock_guard lock(mutex_);
  failure_ = part + ": " + error.to_string();
}

bool Engine::failed() const {
  const std::lock_guard lock(mutex_);
  return !failure_.empty();
}

}  // namespace magpie::app
