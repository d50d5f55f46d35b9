// Engine: the three layers over the ports of one profile, with the threads that keep them going: one stream processor,
// one persister, one that follows the model store, starts the daily pipeline when it is due and enforces retention; and
// those of the pipeline.
//
// Thread-safe after start(). The destructor stops; what is acknowledged is in the log and is taken up again next time.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "api/services.h"
#include "app/alert_command.h"
#include "app/ports.h"
#include "app/settings.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/thread_pool.h"
#include "base/ulid.h"
#include "batch/persister.h"
#include "batch/pipeline/pipeline.h"
#include "batch/pipeline/scheduler.h"
#include "batch/training_job.h"
#include "serving/cold_start/cold_start.h"
#include "serving/model_loader.h"
#include "serving/model_monitor.h"
#include "serving/recommender.h"
#include "speed/ingest.h"
#include "speed/stream_processor.h"

namespace magpie::app {

// Whether the engine trains by itself (at the start, on schedule) and forgets what is old, or does only what it is
// told.
enum class Autonomy : bool { kNo, kYes };

class Engine {
 public:
  // All references must outlive the engine. `runs`: of the daily pipeline.
  Engine(Ports& ports, batch::pipeline::RunStore runs, const Settings& settings, const EventTypes& types,
         const Clock& clock, Metrics& metrics, const Logger& logger, Autonomy autonomy);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void start();
  void stop();

  // Valid as long as the engine.
  [[nodiscard]] api::Services& services() { return services_; }
  // Blocks until every event acknowledged before the call is in features and history.
  [[nodiscard]] Status flush();
  [[nodiscard]] api::Readiness readiness() const;
  // Blocks until the engine is ready, or has failed.
  [[nodiscard]] Status wait_until_prepared() const;

 private:
  [[nodiscard]] batch::DailyDependencies daily_dependencies();
  [[nodiscard]] std::optional<batch::pipeline::Scheduler> make_scheduler();
  void run_ended();
  [[nodiscard]] Status erase(const UserId& user);
  [[nodiscard]] Status prepare(const std::stop_token& stop);
  void keep_house(const std::stop_token& stop);
  void follow_models();
  void retain();
  void fail(const std::string& part, const Error& error);
  [[nodiscard]] bool failed() const;

  Ports& ports_;
  const Settings& settings_;
  const Clock& clock_;
  const Logger logger_;
  const Autonomy autonomy_;
  UlidGenerator ids_;
  ThreadPool pool_;
  speed::Ingest ingest_;
  speed::StreamProcessor stream_;
  batch::Persister persister_;
  serving::ModelHolder models_;
  serving::ModelLoader loader_;
  serving::ModelMonitor monitor_;
  serving::ColdStart cold_start_;
  serving::Recommender recommender_;
  AlertCommand alerts_;
  batch::pipeline::Pipeline pipeline_;
  batch::TrainingJob training_;
  api::Services services_;

  mutable std::mutex mutex_;
  std::string not_ready_because_ = "starting";  // Guarded by mutex_; empty when ready.
  std::string failure_;  // Guarded by mutex_; a background part that ended.
  std::jthread stream_thread_;
  std::jthread persister_thread_;
  std::jthread house_thread_;
};

}  // namespace magpie::app
