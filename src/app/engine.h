// Engine: the three layers over the ports of one profile, with the threads that keep them going: one stream processor,
// one persister, one that follows the model store, trains on schedule and enforces retention.
//
// Thread-safe after start(). The destructor stops; what is acknowledged is in the log and is taken up again next time.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "api/services.h"
#include "app/ports.h"
#include "app/settings.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/thread_pool.h"
#include "base/ulid.h"
#include "batch/persister.h"
#include "batch/training_job.h"
#include "serving/model_loader.h"
#include "serving/recommender.h"
#include "speed/ingest.h"
#include "speed/stream_processor.h"

namespace magpie::app {

// Whether the engine trains by itself (at the start, on schedule) and forgets what is old, or does only what it is
// told.
enum class Autonomy : bool { kNo, kYes };

class Engine {
 public:
  // All references must outlive the engine.
  Engine(Ports& ports, const Settings& settings, const EventTypes& types, const Clock& clock, Metrics& metrics,
         const Logger& logger, Autonomy autonomy);
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
  [[nodiscard]] Result<ModelInfo> train(const std::function<void(const batch::TrainProgress&)>& progress);
  [[nodiscard]] Status erase(const UserId& user);
  [[nodiscard]] Status prepare(const std::stop_token& stop);
  void keep_house(const std::stop_token& stop);
  void follow_models();
  void retain();
  void fail(const std::string& part, const Error& error);
  [[nodiscard]] bool failed() const;

  Ports& ports_;
  const Settings& settings_;
  const EventTypes& types_;
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
  serving::Recommender recommender_;
  batch::TrainingJob training_;
  api::Services services_;

  std::mutex training_mutex_;  // Held while a training or an erasure runs.
  mutable std::mutex mutex_;
  std::string not_ready_because_ = "starting";  // Guarded by mutex_; empty when ready.
  std::string failure_;                         // Guarded by mutex_; a background part that ended.
  std::jthread stream_thread_;
  std::jthread persister_thread_;
  std::jthread house_thread_;
};

}  // namespace magpie::app
