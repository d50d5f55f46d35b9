#include "app/settings.h"

#include <chrono>

namespace magpie::app {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t kMiB = 1024 * 1024;

RealMap default_weights() {
  RealMap weights;
  const auto types = EventTypes::defaults();
  for (const auto& info : types.all()) weights[info.name] = info.weight;
  return weights;
}

std::size_t size(const Property<std::int64_t>& property) { return static_cast<std::size_t>(property()); }

ChoiceProperty<batch::ItemGraphMethod>::Choices item_graph_methods() {
  ChoiceProperty<batch::ItemGraphMethod>::Choices choices;
  using enum batch::ItemGraphMethod;
  for (const auto method : {kAutomatic, kLinearAutoencoder, kGraphFilter}) {
    choices.emplace_back(std::string(to_string(method)), method);
  }
  return choices;
}

void set_threads(unsigned threads, batch::TrainSettings& settings) {
  settings.als.threads = threads;
  settings.item_to_item.threads = threads;
  settings.item_graph.linear.threads = threads;
  settings.item_graph.filter.threads = threads;
  settings.two_tower.threads = threads;
}

}  // namespace

ServerSettings::ServerSettings(Properties& all)
    : listen(all, {.name = "server.listen", .description = "Address of the HTTP API, HOST:PORT; port 0: any free one"},
             "127.0.0.1:8080"),
      grpc_listen(all,
                  {.name = "server.grpc_listen", .description = "Address of the gRPC API, HOST:PORT; empty: no gRPC"},
                  "127.0.0.1:8081"),
      threads(all, {.name = "server.threads", .description = "Event loops of the HTTP API", .unit = "threads"}, 2,
              {1, 256}),
      max_body_bytes(
          all, {.name = "server.max_body_bytes", .description = "Largest request body, unpacked", .unit = "bytes"},
          64 * kMiB, {1024, 1024 * kMiB}),
      overload_delay(all,
                     {.name = "server.overload_delay",
                      .description = "Once requests wait longer than this for their turn, and go on to, those that did "
                                     "are answered 429; 0: never"},
                     milliseconds(50), {milliseconds(0), seconds(60)}),
      drain_delay(all,
                  {.name = "server.drain_delay",
                   .description = "When told to stop, serve on for so long with /readyz at 503: the time that a load "
                                  "balancer needs to notice"},
                  milliseconds(0), {milliseconds(0), minutes(10)}) {}

LogSettings::LogSettings(Properties& all)
    : level(all, {.name = "log.level", .description = "Least important messages that are logged"}, LogLevel::kInfo,
            {{"debug", LogLevel::kDebug},
             {"info", LogLevel::kInfo},
             {"warning", LogLevel::kWarning},
             {"error", LogLevel::kError},
             {"off", LogLevel::kOff}}),
      format(all, {.name = "log.format", .description = "Text for people, or JSON Lines for machines"},
             LogFormat::kText, {{"text", LogFormat::kText}, {"json", LogFormat::kJson}}) {}

StorageProperties::StorageProperties(Properties& all)
    : block_cache_bytes(all,
                        {.name = "storage.block_cache_bytes", .description = "Cache of stored blocks", .unit = "bytes"},
                        8 * kMiB, {kMiB, 1024 * 1024 * kMiB}),
      memtable_bytes(all,
                     {.name = "storage.memtable_bytes",
                      .description = "Writes gathered in memory before they are sorted into files",
                      .unit = "bytes"},
                     16 * kMiB, {kMiB, 1024 * 1024 * kMiB}),
      feature_cache_bytes(
          all, {.name = "storage.feature_cache_bytes", .description = "User features kept in memory", .unit = "bytes"},
          32 * kMiB, {kMiB, 1024 * 1024 * kMiB}),
      analytics_memory_bytes(all,
                             {.name = "storage.analytics_memory_bytes",
                              .description = "Memory for reading and writing history; what needs more spills to disk",
                              .unit = "bytes"},
                             256 * kMiB, {64 * kMiB, 1024 * 1024 * kMiB}),
      event_log_window(all,
                       {.name = "storage.event_log_window",
                        .description = "How long the log keeps events that every reader has passed"},
                       days(7), {hours(1), days(365)}) {}

EventProperties::EventProperties(Properties& all)
    : weights(
          all,
          {.name = "events.weights",
           .description = "Preference that one event of a kind expresses; a name that is not built in is a new kind"},
          default_weights()) {}

StreamProperties::StreamProperties(Properties& all)
    : batch_events(all,
                   {.name = "stream.batch_events", .description = "Most events applied in one step", .unit = "events"},
                   8192, {1, 1'000'000}),
      trending_interval(
          all, {.name = "stream.trending_interval", .description = "How often the trending lists are recomputed"},
          seconds(5), {milliseconds(100), hours(24)}),
      trending_half_life(all, {.name = "stream.trending_half_life", .description = "Age at which an event counts half"},
                         hours(24), {minutes(1), days(365)}),
      trending_list_size(
          all, {.name = "stream.trending_list_size", .description = "Items in a trending list", .unit = "items"}, 200,
          {1, 10'000}) {}

HistoryProperties::HistoryProperties(Properties& all)
    : window(all, {.name = "history.window", .description = "How far back history is kept and trained on"}, days(90),
             {days(1), days(3650)}),
      flush_events(
          all, {.name = "history.flush_events", .description = "Events that make a flush to disk", .unit = "events"},
          200'000, {1, 10'000'000}),
      flush_interval(all, {.name = "history.flush_interval", .description = "Longest time between flushes"},
                     seconds(10), {milliseconds(100), hours(1)}) {}

TrainProperties::TrainProperties(Properties& all)
    : on_start(all, {.name = "train.on_start", .description = "Train at the start when there is no model"}, true),
      seed(all, {.name = "train.seed", .description = "Same data and seed: same model"}, 42,
           {0, std::int64_t{1} << 62}),
      threads(all, {.name = "train.threads", .description = "Threads of a training", .unit = "threads"}, 2, {1, 256}),
      models_kept(all, {.name = "train.models_kept", .description = "Model versions kept", .unit = "versions"}, 10,
                  {1, 1000}) {}

AlsProperties::AlsProperties(Properties& all)
    : factors(all, {.name = "als.factors", .description = "Length of a factor vector"}, 64, {1, 1024}),
      iterations(all, {.name = "als.iterations", .description = "Sweeps over users and items"},
                 static_cast<std::int64_t>(AlsParameters{}.iterations), {1, 1000}),
      regularization(all, {.name = "als.regularization", .description = "Penalty on the length of factor vectors"},
                     AlsParameters{}.regularization, {0.0, 1e6}),
      alpha(all, {.name = "als.alpha", .description = "Confidence gained by a unit of event weight"},
            AlsParameters{}.alpha, {0.0, 1e6}),
      frequency_exponent(all,
                         {.name = "als.frequency_exponent",
                          .description = "Growth of the penalty with the weight of a row; 0: the same for all"},
                         AlsParameters{}.frequency_exponent, {0.0, 2.0}) {}

ItemToItemProperties::ItemToItemProperties(Properties& all)
    : neighbours(all, {.name = "item_to_item.neighbours", .description = "Neighbours kept of an item", .unit = "items"},
                 static_cast<std::int64_t>(ItemSimilarityParameters{}.neighbours), {1, 10'000}),
      shrinkage(all,
                {.name = "item_to_item.shrinkage",
                 .description = "Common users at which a similarity counts half; more: rarer coincidences count less"},
                static_cast<double>(ItemSimilarityParameters{}.shrinkage), {0.0, 1e6}) {}

ItemGraphProperties::ItemGraphProperties(Properties& all)
    : method(all,
             {.name = "item_graph.method",
              .description = "Linear model over all of a user's items; automatic: what predicts held-out items best"},
             batch::ItemGraphSettings{}.method, item_graph_methods()),
      neighbours(all, {.name = "item_graph.neighbours", .description = "Neighbours kept of an item", .unit = "items"},
                 static_cast<std::int64_t>(batch::ItemGraphSettings{}.neighbours), {1, 10'000}),
      largest_closed_form(
          all,
          {.name = "item_graph.largest_closed_form",
           .description = "Users or items, the fewer of them, up to which automatic tries the linear autoencoder"},
          static_cast<std::int64_t>(batch::ItemGraphSettings{}.largest_closed_form), {0, 100'000}) {}

SearchProperties::SearchProperties(Properties& all)
    : budget(
          all,
          {.name = "search.budget",
           .description = "Time that a daily run spends on trying parameters on held-out items; 0: it keeps those set"},
          minutes(10), {seconds(0), hours(6)}),
      trials(all,
             {.name = "search.trials",
              .description = "Most trials for each of ALS, item-to-item and the linear autoencoder",
              .unit = "trials"},
             static_cast<std::int64_t>(batch::ModelSearchSettings{}.most_trials), {1, 1000}) {}

ServingProperties::ServingProperties(Properties& all)
    : collaborative_quota(all,
                          {.name = "serving.collaborative_quota",
                           .description = "Candidates by collaborative filtering",
                           .unit = "items"},
                          50, {0, 1000}),
      content_quota(all, {.name = "serving.content_quota", .description = "Candidates by content", .unit = "items"}, 30,
                    {0, 1000}),
      item_to_item_quota(
          all, {.name = "serving.item_to_item_quota", .description = "Candidates near recent items", .unit = "items"},
          50, {0, 1000}),
      trending_quota(all, {.name = "serving.trending_quota", .description = "Trending candidates", .unit = "items"}, 20,
                     {0, 1000}),
      strategy_deadline(
          all, {.name = "serving.strategy_deadline", .description = "A candidate strategy that is later is left out"},
          milliseconds(20), {milliseconds(1), seconds(10)}),
      strategy_threads(all,
                       {.name = "serving.strategy_threads",
                        .description = "Threads that compute candidates, shared by all requests",
                        .unit = "threads"},
                       2, {1, 256}),
      max_per_category(all,
                       {.name = "serving.max_per_category",
                        .description = "Most items of one primary category in an answer; 0: no limit",
                        .unit = "items"},
                       3, {0, 100}),
      log_impressions(
          all, {.name = "serving.log_impressions", .description = "Record what was shown, as impression events"}, true),
      approximate_above(all,
                        {.name = "serving.approximate_above",
                         .description = "Items from which on nearest neighbours are searched approximately",
                         .unit = "items"},
                        20'000, {0, 1'000'000'000}) {}

Settings::Settings()
    : server(properties),
      log(properties),
      storage(properties),
      events(properties),
      stream(properties),
      history(properties),
      train(properties),
      als(properties),
      item_to_item(properties),
      item_graph(properties),
      search(properties),
      content(properties),
      serving(properties),
      cold_start(properties),
      rollout(properties),
      pipeline(properties),
      extraction(properties) {}

Status Settings::load(const std::filesystem::path& file, const Properties::Environment& environment,
                      Properties::Flags flags) {
  if (!file.empty()) MAGPIE_RETURN_IF_ERROR(properties.load_file(file));
  MAGPIE_RETURN_IF_ERROR(properties.load_environment(environment));
  MAGPIE_RETURN_IF_ERROR(properties.load_flags(flags));
  MAGPIE_RETURN_IF_ERROR(pipeline.validate());
  return event_types().status();
}

Result<EventTypes> Settings::event_types() const {
  auto types = EventTypes::defaults();
  for (const auto& [name, weight] : events.weights()) {
    if (auto set = types.set(name, weight); !set.ok()) {
      return invalid_argument(events.weights.name(), name + ": " + set.error().message());
    }
  }
  return types;
}

speed::StreamSettings Settings::stream_settings() const {
  return {.batch_events = size(stream.batch_events),
          .trending_interval = stream.trending_interval(),
          .trending_half_life = stream.trending_half_life(),
          .trending_list_size = size(stream.trending_list_size)};
}

batch::PersisterSettings Settings::persister_settings() const {
  return {.flush_events = size(history.flush_events), .flush_interval = history.flush_interval()};
}

batch::RetentionSettings Settings::retention_settings() const {
  return {.history_window = history.window(),
          .log_window = storage.event_log_window(),
          .models_kept = size(train.models_kept)};
}

batch::TrainSettings Settings::train_settings() const {
  batch::TrainSettings settings;
  settings.window = history.window();
  settings.als.factors = size(als.factors);
  settings.als.iterations = size(als.iterations);
  settings.als.regularization = static_cast<float>(als.regularization());
  settings.als.alpha = static_cast<float>(als.alpha());
  settings.als.frequency_exponent = static_cast<float>(als.frequency_exponent());
  settings.item_to_item.neighbours = size(item_to_item.neighbours);
  settings.item_to_item.shrinkage = static_cast<float>(item_to_item.shrinkage());
  settings.item_graph.method = item_graph.method();
  settings.item_graph.neighbours = size(item_graph.neighbours);
  settings.item_graph.largest_closed_form = size(item_graph.largest_closed_form);
  settings.search = {.budget = search.budget(), .most_trials = size(search.trials)};
  settings.content_language = content.language();
  settings.seed = static_cast<std::uint64_t>(train.seed());
  settings.item_graph.filter.seed = settings.seed;
  set_threads(static_cast<unsigned>(train.threads()), settings);
  settings.candidates = {.collaborative = size(serving.collaborative_quota),
                         .content = size(serving.content_quota),
                         .item_to_item = size(serving.item_to_item_quota),
                         .trending = size(serving.trending_quota)};
  return settings;
}

namespace {

// Whether no task depends on it: where the program listens, what it logs, how much memory it takes.
bool is_of_the_process(std::string_view name) {
  for (const std::string_view section : {"server.", "log.", "storage.", "stream."}) {
    if (name.starts_with(section)) return true;
  }
  return false;
}

}  // namespace

batch::pipeline::PipelineSettings Settings::pipeline_settings() const {
  batch::pipeline::PipelineSettings settings;
  settings.window = history.window();
  settings.retry = pipeline.retry();
  settings.sla = pipeline.sla();
  settings.runs_kept = size(pipeline.runs_kept);
  for (const PropertyBase* property : properties.all()) {
    const bool fixed = property->info().secret == Secret::kNo && !is_of_the_process(property->name());
    if (fixed) settings.tasks[property->name()] = property->value_text();
  }
  return settings;
}

Result<batch::DailySettings> Settings::daily_settings(const std::map<std::string, std::string>& fixed) {
  Settings settings;
  const std::vector<std::pair<std::string, std::string>> flags(fixed.begin(), fixed.end());
  const auto nothing = [](const std::string&) { return std::optional<std::string>(); };
  MAGPIE_RETURN_IF_ERROR(settings.load({}, nothing, flags));
  batch::DailySettings daily;
  MAGPIE_ASSIGN_OR_RETURN(daily.types, settings.event_types());
  daily.extraction = settings.extraction.settings();
  daily.train = settings.train_settings();
  daily.rollout = settings.rollout.settings();
  return daily;
}

serving::RecommenderSettings Settings::recommender_settings() const {
  return {.collaborative_quota = size(serving.collaborative_quota),
          .content_quota = size(serving.content_quota),
          .item_to_item_quota = size(serving.item_to_item_quota),
          .trending_quota = size(serving.trending_quota),
          .strategy_deadline = serving.strategy_deadline(),
          .max_per_category = size(serving.max_per_category),
          .log_impressions = serving.log_impressions()};
}

}  // namespace magpie::app
