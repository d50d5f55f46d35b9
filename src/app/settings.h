// Settings: every setting of Magpie, in the order that `magpie config` lists them, and what the layers make of them.
//
// Thread-safety: loaded before the threads start, read only afterwards.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/cold_start_properties.h"
#include "app/content_properties.h"
#include "app/pipeline_properties.h"
#include "app/rollout_properties.h"
#include "base/log.h"
#include "base/property.h"
#include "base/status.h"
#include "batch/daily_pipeline.h"
#include "batch/persister.h"
#include "batch/pipeline/pipeline.h"
#include "batch/retention.h"
#include "model/event_type.h"
#include "serving/recommender.h"
#include "speed/stream_processor.h"

namespace magpie::app {

struct ServerSettings {
  explicit ServerSettings(Properties& all);
  Property<std::string> listen;
  Property<std::string> grpc_listen;
  Property<std::int64_t> threads;
  Property<std::int64_t> max_body_bytes;
  Property<Duration> overload_delay;
  Property<Duration> drain_delay;
};

struct LogSettings {
  explicit LogSettings(Properties& all);
  ChoiceProperty<LogLevel> level;
  ChoiceProperty<LogFormat> format;
};

struct StorageProperties {
  explicit StorageProperties(Properties& all);
  Property<std::int64_t> block_cache_bytes;
  Property<std::int64_t> memtable_bytes;
  Property<std::int64_t> feature_cache_bytes;
  Property<std::int64_t> analytics_memory_bytes;
  Property<Duration> event_log_window;
};

struct EventProperties {
  explicit EventProperties(Properties& all);
  Property<RealMap> weights;
};

struct StreamProperties {
  explicit StreamProperties(Properties& all);
  Property<std::int64_t> batch_events;
  Property<Duration> trending_interval;
  Property<Duration> trending_half_life;
  Property<std::int64_t> trending_list_size;
};

struct HistoryProperties {
  explicit HistoryProperties(Properties& all);
  Property<Duration> window;
  Property<std::int64_t> flush_events;
  Property<Duration> flush_interval;
};

struct TrainProperties {
  explicit TrainProperties(Properties& all);
  Property<bool> on_start;
  Property<std::int64_t> seed;
  Property<std::int64_t> threads;
  Property<std::int64_t> models_kept;
};

struct AlsProperties {
  explicit AlsProperties(Properties& all);
  Property<std::int64_t> factors;
  Property<std::int64_t> iterations;
  Property<double> regularization;
  Property<double> alpha;
  Property<double> frequency_exponent;
};

struct ItemToItemProperties {
  explicit ItemToItemProperties(Properties& all);
  Property<std::int64_t> neighbours;
  Property<double> shrinkage;
};

struct ItemGraphProperties {
  explicit ItemGraphProperties(Properties& all);
  ChoiceProperty<batch::ItemGraphMethod> method;
  Property<std::int64_t> neighbours;
  Property<std::int64_t> largest_closed_form;
};

struct SearchProperties {
  explicit SearchProperties(Properties& all);
  Property<Duration> budget;
  Property<std::int64_t> trials;
};

struct ServingProperties {
  explicit ServingProperties(Properties& all);
  Property<std::int64_t> collaborative_quota;
  Property<std::int64_t> content_quota;
  Property<std::int64_t> item_to_item_quota;
  Property<std::int64_t> trending_quota;
  Property<Duration> strategy_deadline;
  Property<std::int64_t> strategy_threads;
  Property<std::int64_t> max_per_category;
  Property<bool> log_impressions;
  Property<std::int64_t> approximate_above;
};

struct Settings {
  Settings();

  Properties properties;
  ServerSettings server;
  LogSettings log;
  StorageProperties storage;
  EventProperties events;
  StreamProperties stream;
  HistoryProperties history;
  TrainProperties train;
  AlsProperties als;
  ItemToItemProperties item_to_item;
  ItemGraphProperties item_graph;
  SearchProperties search;
  ContentProperties content;
  ServingProperties serving;
  ColdStartProperties cold_start;
  RolloutProperties rollout;
  PipelineProperties pipeline;
  ExtractionProperties extraction;

  // The file (where its path is not empty), then the environment, then the flags; the later wins.
  [[nodiscard]] Status load(const std::filesystem::path& file, const Properties::Environment& environment,
                            Properties::Flags flags);

  // kInvalidArgument for a weight of a badly named kind.
  [[nodiscard]] Result<EventTypes> event_types() const;
  [[nodiscard]] speed::StreamSettings stream_settings() const;
  [[nodiscard]] batch::PersisterSettings persister_settings() const;
  [[nodiscard]] batch::RetentionSettings retention_settings() const;
  [[nodiscard]] batch::TrainSettings train_settings() const;
  [[nodiscard]] batch::pipeline::PipelineSettings pipeline_settings() const;
  // What the tasks of a run make of the settings that it is fixed to (PipelineSettings::tasks).
  [[nodiscard]] static Result<batch::DailySettings> daily_settings(const std::map<std::string, std::string>& fixed);
  [[nodiscard]] serving::RecommenderSettings recommender_settings() const;
};

}  // namespace magpie::app
