// The tasks that learn and deploy, from interactions and catalogue on (tests/pipeline/ has the whole run).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stop_token>
#include <string>
#include <thread>

#include "base/hash.h"
#include "base/random.h"
#include "batch/candidates.h"
#include "batch/daily_tasks.h"
#include "batch/interactions.h"
#include "batch/pipeline/policy.h"
#include "batch/pipeline/task_output.h"
#include "batch/training_files.h"
#include "kernels/candidate_features.h"
#include "kernels/ranker.h"
#include "model/response_model.h"
#include "tests/contract/temporary_directory.h"
#include "tests/fakes/in_memory_catalogue_store.h"
#include "tests/fakes/in_memory_feature_store.h"
#include "tests/fakes/in_memory_history_store.h"
#include "tests/fakes/in_memory_model_store.h"
#include "tests/fakes/in_memory_vector_index.h"
#include "tests/faults/faulty_feature_store.h"

namespace magpie::batch {
namespace {

constexpr std::size_t kGenres = 4;
constexpr std::size_t kItemsPerGenre = 20;
constexpr std::size_t kUsers = 120;
const Timestamp kNow = from_unix_ms(1'700'000'000'000);

std::size_t genre_of_item(const ItemId& item) { return static_cast<std::size_t>(item.get()[1] - '0'); }
std::size_t genre_of_user(std::size_t user) { return user % kGenres; }
ItemId item_id(std::size_t genre, std::size_t number) {
  return ItemId("g" + std::to_string(genre) + "_" + std::to_string(100 + number));
}
UserId user_id(std::size_t user) { return UserId("user" + std::to_string(1000 + user)); }

// Tables without a row: nothing was ever shown.
class EmptyAnalytics final : public Analytics {
 public:
  Result<AnalyticsTableSize> write(const AnalyticsQuery&, const std::filesystem::path&) override { return none(); }
  Status visit(const AnalyticsQuery&, const VisitRows&) override { return {}; }
  Result<AnalyticsTableSize> write_rows(const AnalyticsRows&, const std::filesystem::path&) override { return none(); }
  Result<AnalyticsTableSize> write_events(const EventSource&, const std::filesystem::path&) override { return none(); }
  Status scan_events(const std::filesystem::path&, const VisitEvents&) override { return none(); }

 private:
  static Error none() { return internal_error("no task that is tested here writes a table or scans events"); }
};

class EverythingServes final : public ServingMonitor {
 public:
  Result<VersionService> service_of(ModelVersion) override {
    VersionService service;
    service.in_force = true;
    return service;
  }
};

// Asks to stop when it has been looked at so many times.
class StoppingClock final : public Clock {
 public:
  StoppingClock(int looks, std::stop_source& stop) : looks_(looks), stop_(stop) {}
  [[nodiscard]] Timestamp now() const override {
    if (--looks_ == 0) stop_.request_stop();
    return kNow;
  }
  [[nodiscard]] int left() const { return looks_; }

 private:
  mutable std::atomic<int> looks_;
  std::stop_source& stop_;
};

// A shop where each user cares for one genre, nine times in ten.
class TrainingTasks : public testing::Test {
 protected:
  TrainingTasks() {
    settings_.als.factors = 8;
    settings_.als.regularization = 1;
    for (std::size_t genre = 0; genre < kGenres; ++genre) {
      for (std::size_t number = 0; number < kItemsPerGenre; ++number) add_item(genre, number);
    }
  }

  void add_item(std::size_t genre, std::size_t number) {
    Item item;
    item.id = item_id(genre, number);
    item.title = "Volume " + std::to_string(number);
    item.categories = {"genre " + std::to_string(genre)};
    ASSERT_TRUE(catalogue_.put_items({item}).ok());
  }

  void add_event(const UserId& user, const ItemId& item, EventType type, Timestamp time) {
    Event event;
    event.id = EventId("event" + std::to_string(next_event_++));
    event.user = user;
    event.item = item;
    event.type = type;
    event.time = time;
    history_.add({event});
  }

  void add_shop_history() {
    Random random(61);
    for (std::size_t user = 0; user < kUsers; ++user) {
      for (std::int64_t n = 0; n < 10; ++n) {
        const std::size_t genre = random.below(10) == 0 ? random.below(kGenres) : genre_of_user(user);
        add_event(user_id(user), item_id(genre, random.below(kItemsPerGenre)), kView,
                  kNow - std::chrono::hours(200 - 10 * n) + Duration(random.below(100'000)));
      }
    }
  }

  // One task as the pipeline would do it.
  Status run_task(const char* id, Status (*body)(const DailyDependencies&, pipeline::TaskContext&)) {
    const auto making = run_directory() / ("." + std::string(id));
    MAGPIE_RETURN_IF_ERROR(pipeline::prepare_output(making));
    pipeline::TaskContext context(run_, {run_directory(), making}, clock_, log_, stop_.get_token(), progress_);
    MAGPIE_RETURN_IF_ERROR(body(dependencies(), context));
    task_of(run_, id).facts = context.facts();
    return pipeline::seal_output(making, run_directory() / id);
  }
  // What the tasks before the training leave behind.
  void prepare_inputs() {
    std::vector<Item> items;
    const auto catalogue = catalogue_.snapshot();
    for (std::uint32_t i = 0; i < catalogue->index_bound(); ++i) items.push_back(catalogue->at(ItemIndex(i))->item);
    const auto read = run_directory() / ".read";
    ASSERT_TRUE(pipeline::prepare_output(read).ok());
    ASSERT_TRUE(save_items(items, read / kCatalogueFile).ok());
    ASSERT_TRUE(pipeline::seal_output(read, run_directory() / kReadTask).ok());
    const auto merged = run_directory() / ".merged";
    const TimeWindow window{kNow - std::chrono::days(90), kNow + kMaxClockSkew + Duration(1)};
    const auto interactions = read_interactions(history_, window, types_);
    ASSERT_TRUE(interactions.ok());
    ASSERT_TRUE(pipeline::prepare_output(merged).ok());
    ASSERT_TRUE(save_interactions(*interactions, merged / kInteractionsFile).ok());
    ASSERT_TRUE(pipeline::seal_output(merged, run_directory() / kMergeFeaturesTask).ok());
  }
  Status run_tasks() {
    prepare_inputs();
    MAGPIE_RETURN_IF_ERROR(run_task(kTrainCollaborativeTask, train_collaborative));
    MAGPIE_RETURN_IF_ERROR(run_task(kTrainTwoTowerTask, train_two_tower));
    MAGPIE_RETURN_IF_ERROR(run_task(kCombineTask, combine_models));
    MAGPIE_RETURN_IF_ERROR(run_task(kUploadTask, upload_model));
    MAGPIE_RETURN_IF_ERROR(run_task(kAbTestTask, begin_canary));
    MAGPIE_RETURN_IF_ERROR(run_task(kMonitorTask, watch_canary));
    return run_task(kRolloutTask, finish_rollout);
  }
  // A run of its own each time.
  Result<ModelInfo> try_to_train() {
    begin_run(pipeline::Rollout::kImmediate);
    MAGPIE_RETURN_IF_ERROR(run_tasks());
    MAGPIE_ASSIGN_OR_RETURN(const auto versions, models_.list());
    return versions.back();
  }
  [[nodiscard]] ModelInfo train() {
    auto info = try_to_train();
    EXPECT_TRUE(info.ok()) << info.status().to_string();
    return info.ok() ? std::move(info).value() : ModelInfo{};
  }
  void begin_run(pipeline::Rollout rollout) {
    pipeline::RunPlan plan;
    plan.id = pipeline::RunId("run" + std::to_string(++runs_));
    plan.created_at = kNow;
    plan.rollout = rollout;
    plan.window = {kNow - std::chrono::days(90), kNow + kMaxClockSkew + Duration(1)};
    run_ = pipeline::new_run(daily_dag(), plan);
  }
  [[nodiscard]] std::filesystem::path run_directory() const { return directory_.path() / run_.plan.id.get(); }
  [[nodiscard]] DailyDependencies dependencies() {
    return {history_,
            catalogue_,
            *features_in_use_,
            models_,
            analytics_,
            indexes_,
            serving_,
            *clock_in_use_,
            [] { return ok_status(); },
            [this](const auto&) -> Result<DailySettings> {
              DailySettings settings;
              settings.types = types_;
              settings.train = settings_;
              return settings;
            }};
  }

  [[nodiscard]] StoredModel load(ModelVersion version) {
    auto stored = models_.load(version);
    EXPECT_TRUE(stored.ok());
    return std::move(stored).value();
  }
  [[nodiscard]] TrainedModel decode(const StoredModel& stored) {
    auto model = decode_model(stored.artifacts);
    EXPECT_TRUE(model.ok()) << model.status().to_string();
    return std::move(model).value();
  }
  [[nodiscard]] BatchFeatures features_of(const UserId& user) {
    const auto features = features_.user(user);
    EXPECT_TRUE(features.ok());
    EXPECT_TRUE((*features)->batch.has_value());
    return (*features)->batch.value_or(BatchFeatures{});
  }

  fakes::InMemoryHistoryStore history_;
  fakes::InMemoryCatalogueStore catalogue_;
  fakes::InMemoryFeatureStore features_;
  fakes::InMemoryModelStore models_;
  fakes::InMemoryVectorIndexFactory indexes_;
  EventTypes types_ = EventTypes::defaults();
  ManualClock clock_{kNow};
  const Clock* clock_in_use_ = &clock_;
  std::stop_source stop_;
  TrainSettings settings_;
  int next_event_ = 0;
  contract::TemporaryDirectory directory_;
  EmptyAnalytics analytics_;
  EverythingServes serving_;
  FeatureStore* features_in_use_ = &features_;
  Logger log_ = Logger::to_stderr(LogLevel::kOff, LogFormat::kText);
  std::atomic<double> progress_ = 0;
  pipeline::PipelineRun run_;
  int runs_ = 0;
};

TEST_F(TrainingTasks, TheSameDataGiveTheSameBytesWhateverTheThreads) {
  add_shop_history();
  const auto set_threads = [this](unsigned threads) {
    settings_.als.threads = settings_.item_to_item.threads = threads;
    settings_.item_graph.linear.threads = settings_.item_graph.filter.threads = threads;
  };
  set_threads(1);
  const ModelInfo first = train();
  set_threads(3);
  const ModelInfo second = train();
  EXPECT_NE(first.version, second.version);
  EXPECT_EQ(first.metrics, second.metrics);
  EXPECT_EQ(load(first.version).artifacts, load(second.version).artifacts);
}

// What serving does: candidates and ranker over the published version and the loaded features.
std::vector<ItemId> recommend(const TrainedModel& model, const VectorIndex& index, const CatalogueSnapshot& catalogue,
                              const BatchFeatures& batch) {
  SparseMatrix categories;
  categories.columns = catalogue.category_names().size();
  for (const ItemId& id : model.items) append_categories(categories, catalogue.at(*catalogue.find(id))->categories);
  const auto row_of = [&model](std::uint64_t hash) -> std::optional<std::uint32_t> {
    const auto found = std::ranges::find(model.items, hash, [](const ItemId& id) { return hash64(id.get()); });
    if (found == model.items.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - model.items.begin());
  };
  UserFeatures features;
  features.batch = batch;
  const ItemTable table{model, model.content.item_vectors, categories};
  const TasteProfile profile = taste_profile(features, EventTypes::defaults(), row_of, model, batch.model_version);
  const ProfileSignals signals = profile_signals(table, profile);
  const auto seen = [&](std::uint32_t row) {
    return std::ranges::find(batch.history, hash64(model.items[row].get())) != batch.history.end();
  };
  const auto rows = CandidateFinder(table, index, nullptr, {}).find(profile, signals, seen, batch.history.size());
  const Matrix found = candidate_features(table, profile, signals, *rows);
  std::vector<ScoredRow> scored;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    scored.push_back({(*rows)[i], ranker_score(model.ranker, found.row(i))});
  }
  keep_top(scored, 5);
  std::vector<ItemId> items;
  for (const ScoredRow& row : scored) items.push_back(model.items[row.row]);
  return items;
}

TEST_F(TrainingTasks, RecommendsItemsOfTheUsersGenre) {
  add_shop_history();
  const StoredModel stored = load(train().version);
  const TrainedModel model = decode(stored);
  const auto index = indexes_.load(stored.artifacts.at(kIndexArtifact));
  ASSERT_TRUE(index.ok());
  std::size_t in_genre = 0;
  for (std::size_t user = 0; user < kUsers; ++user) {
    const BatchFeatures batch = features_of(user_id(user));
    const std::vector<ItemId> items = recommend(model, **index, *catalogue_.snapshot(), batch);
    ASSERT_EQ(items.size(), 5U);
    for (const ItemId& item : items) in_genre += genre_of_item(item) == genre_of_user(user);
  }
  EXPECT_GT(in_genre, kUsers * 5 * 9 / 10);
}

TEST_F(TrainingTasks, SaysWhatItLearnedFromAndHowWellItPredicts) {
  add_shop_history();
  const ModelInfo info = train();
  EXPECT_EQ(info.events, kUsers * 10);
  EXPECT_EQ(info.users, kUsers);
  EXPECT_EQ(info.items, kGenres * kItemsPerGenre);
  EXPECT_EQ(info.created_at, kNow);
  EXPECT_LE(info.window_end, kNow);
  EXPECT_EQ(info.metrics.at("holdout_users"), kUsers);
  EXPECT_GT(info.metrics.at("holdout_hr@10"), 0.4) << "10 of the 13 unseen of the genre, 9 times in 10, minus repeats";
  EXPECT_GT(info.metrics.at("holdout_candidate_recall"), 0.7);
  EXPECT_EQ(info.parameters.at("als.factors"), "8");
  const StoredModel stored = load(info.version);
  EXPECT_EQ(stored.info.events, info.events);
  EXPECT_TRUE(stored.artifacts.contains(kIndexArtifact));
}

TEST_F(TrainingTasks, SaysWhichItemGraphWasChosenAndWhy) {
  add_shop_history();
  settings_.item_graph.linear.popularity_exponent = -5;  // Rare items first: that predicts nothing here.
  const ModelInfo chosen = train();
  EXPECT_EQ(chosen.parameters.at("item_graph.method"), "graph_filter");
  EXPECT_GT(chosen.metrics.at("validation_ndcg@10.graph_filter"),
            chosen.metrics.at("validation_ndcg@10.linear_autoencoder"));
  settings_.item_graph.method = ItemGraphMethod::kGraphFilter;
  const ModelInfo set = train();
  EXPECT_EQ(set.parameters.at("item_graph.method"), "graph_filter");
  EXPECT_FALSE(set.metrics.contains("validation_ndcg@10.graph_filter"));
  EXPECT_EQ(load(chosen.version).artifacts, load(set.version).artifacts) << "the same method for both trainings";
}

TEST_F(TrainingTasks, ASearchThatWasInterruptedGoesOnAndEndsWithTheSameModels) {
  add_shop_history();
  settings_.search = {std::chrono::hours(1), 5};
  begin_run(pipeline::Rollout::kCanary);
  prepare_inputs();
  ASSERT_TRUE(run_task(kTrainCollaborativeTask, train_collaborative).ok());
  const auto undisturbed = pipeline::output_checksum(run_directory() / kTrainCollaborativeTask);
  const auto choices = load_choices(run_directory() / kTrainCollaborativeTask / kChoicesFile);
  ASSERT_TRUE(choices.ok());
  EXPECT_EQ(choices->metrics.at("search.als.trials"), 5);
  EXPECT_EQ(choices->metrics.at("search.item_to_item.trials"), 5);
  EXPECT_GE(choices->metrics.at("search.als.ndcg@10"), choices->metrics.at("search.als.start_ndcg@10"));

  begin_run(pipeline::Rollout::kCanary);
  prepare_inputs();
  const StoppingClock stopping(2 * 7, stop_);  // A trial looks at it twice: in the middle of the second search.
  clock_in_use_ = &stopping;
  EXPECT_EQ(run_task(kTrainCollaborativeTask, train_collaborative).error().code(), ErrorCode::kUnavailable);
  stop_ = {};
  const StoppingClock counting(1000, stop_);
  clock_in_use_ = &counting;
  ASSERT_TRUE(run_task(kTrainCollaborativeTask, train_collaborative).ok());
  EXPECT_EQ(counting.left(), 1000 - 2 * (3 * 5 - 7)) << "what was tried is not tried again";
  EXPECT_EQ(*pipeline::output_checksum(run_directory() / kTrainCollaborativeTask), *undisturbed);
}

TEST_F(TrainingTasks, NothingIsSearchedWhereSomebodyWaits) {
  add_shop_history();
  settings_.search = {std::chrono::hours(1), 5};
  const ModelInfo info = train();
  EXPECT_FALSE(info.metrics.contains("search.als.trials"));
  EXPECT_EQ(info.parameters.at("als.regularization"), std::to_string(settings_.als.regularization));
}

TEST_F(TrainingTasks, PutsTheNewVersionIntoProduction) {
  add_shop_history();
  const ModelInfo info = train();
  ASSERT_TRUE(models_.production().ok());
  EXPECT_EQ(*models_.production(), info.version);
}

TEST_F(TrainingTasks, LoadsTheFeaturesOfEachUser) {
  add_event(UserId("ann"), item_id(2, 1), kView, kNow - std::chrono::hours(5));
  add_event(UserId("ann"), item_id(2, 2), kPurchase, kNow - std::chrono::hours(3));
  add_event(UserId("ann"), item_id(1, 7), kView, kNow - std::chrono::hours(4));
  add_event(UserId("ann"), item_id(0, 0), kDislike, kNow - std::chrono::hours(2));
  add_event(UserId("bob"), item_id(2, 1), kView, kNow - std::chrono::hours(1));
  const ModelInfo info = train();
  const BatchFeatures ann = features_of(UserId("ann"));
  EXPECT_EQ(ann.model_version, info.version);
  EXPECT_EQ(ann.trained_until, info.window_end);
  EXPECT_EQ(ann.total_interactions, 4U);
  EXPECT_EQ(ann.total_purchases, 1U);
  EXPECT_THAT(ann.preferred_categories, testing::ElementsAre("genre 2", "genre 1"));
  EXPECT_THAT(ann.history, testing::ElementsAre(hash64(item_id(0, 0).get()), hash64(item_id(2, 2).get()),
                                                hash64(item_id(1, 7).get()), hash64(item_id(2, 1).get())));
  EXPECT_THAT(ann.history_weights, testing::ElementsAre(0, 8, 1, 1));
  EXPECT_EQ(ann.history_times[3], kNow - std::chrono::hours(5));
  EXPECT_EQ(ann.user_embedding.size(), settings_.als.factors);
}

TEST_F(TrainingTasks, TheStoredEmbeddingIsWhatFoldingInGives) {
  add_shop_history();
  const TrainedModel model = decode(load(train().version));
  UserFeatures features;
  features.batch = features_of(user_id(5));
  const auto row_of = [&model](std::uint64_t hash) -> std::optional<std::uint32_t> {
    const auto found = std::ranges::find(model.items, hash, [](const ItemId& id) { return hash64(id.get()); });
    return static_cast<std::uint32_t>(found - model.items.begin());
  };
  const TasteProfile folded = taste_profile(features, types_, row_of, model, ModelVersion(999));
  ASSERT_EQ(folded.embedding.size(), features.batch->user_embedding.size());
  for (std::size_t k = 0; k < folded.embedding.size(); ++k) {
    EXPECT_NEAR(folded.embedding[k], features.batch->user_embedding[k], 1e-5);
  }
}

TEST_F(TrainingTasks, OneEventIsEnoughForAModelWithTheDefaultRanker) {
  add_event(UserId("ann"), item_id(0, 0), kView, kNow);
  const ModelInfo info = train();
  const TrainedModel model = decode(load(info.version));
  EXPECT_EQ(model.items, std::vector<ItemId>{item_id(0, 0)});
  EXPECT_EQ(model.ranker, default_ranker());
  EXPECT_EQ(info.metrics.at("holdout_users"), 0);
}

TEST_F(TrainingTasks, AnItemThatLeftTheCatalogueHasNoContent) {
  add_event(UserId("ann"), ItemId("gone"), kView, kNow);
  add_event(UserId("ann"), item_id(0, 0), kView, kNow);
  const TrainedModel model = decode(load(train().version));
  ASSERT_EQ(model.items.size(), 2U);
  EXPECT_FALSE(model.content.item_vectors.row_indices(0).empty());
  EXPECT_TRUE(model.content.item_vectors.row_indices(1).empty());
}

TEST_F(TrainingTasks, ADislikedItemIsNotPopular) {
  add_event(UserId("ann"), item_id(0, 0), kView, kNow);
  add_event(UserId("bob"), item_id(0, 1), kDislike, kNow);
  const TrainedModel model = decode(load(train().version));
  EXPECT_THAT(model.popularity, testing::ElementsAre(1, 0));
}

TEST_F(TrainingTasks, RecentPopularityHalvesEveryHalfLife) {
  settings_.trending_half_life = std::chrono::hours(10);
  add_event(UserId("ann"), item_id(0, 0), kView, kNow - std::chrono::hours(20));
  add_event(UserId("bob"), item_id(0, 1), kView, kNow);
  const TrainedModel model = decode(load(train().version));
  ASSERT_EQ(model.recent_popularity.size(), 2U);
  EXPECT_FLOAT_EQ(model.recent_popularity[0], 0.25F);
  EXPECT_FLOAT_EQ(model.recent_popularity[1], 1);
}

TEST_F(TrainingTasks, AVersionWhoseFeaturesWereNotLoadedIsNotInProduction) {
  add_shop_history();
  faults::FaultPlan plan;
  faults::FaultyFeatureStore faulty(features_, plan);
  plan.fail("load_batch", 1, unavailable("injected"));
  features_in_use_ = &faulty;
  const auto info = try_to_train();
  ASSERT_FALSE(info.ok());
  EXPECT_EQ(info.error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(models_.production().error().code(), ErrorCode::kNotFound);
  // The retry finds the version that the first attempt has published.
  EXPECT_TRUE(run_task(kUploadTask, upload_model).ok());
  EXPECT_EQ(models_.list()->size(), 1U);
  EXPECT_TRUE(run_task(kRolloutTask, finish_rollout).ok());
  EXPECT_TRUE(models_.production().ok());
}

TEST_F(TrainingTasks, WhatWasTrainedAgainIsAnotherVersion) {
  add_shop_history();
  static_cast<void>(train());
  settings_.als.regularization = 3;
  ASSERT_TRUE(run_tasks().ok());  // Of the same run.
  EXPECT_EQ(models_.list()->size(), 2U);
}

TEST_F(TrainingTasks, AVersionGoesThroughACanary) {
  add_shop_history();
  const ModelInfo first = train();
  begin_run(pipeline::Rollout::kCanary);
  settings_.two_tower.epochs = 1;
  prepare_inputs();
  ASSERT_TRUE(run_task(kTrainCollaborativeTask, train_collaborative).ok());
  ASSERT_TRUE(run_task(kTrainTwoTowerTask, train_two_tower).ok());
  ASSERT_TRUE(run_task(kCombineTask, combine_models).ok());
  ASSERT_TRUE(run_task(kUploadTask, upload_model).ok());
  ASSERT_TRUE(run_task(kAbTestTask, begin_canary).ok());
  const auto aliases = models_.aliases();
  ASSERT_TRUE(aliases.ok() && aliases->canary.has_value());
  EXPECT_NE(aliases->canary->version, first.version);
  EXPECT_EQ(aliases->production, first.version);
  const StoredModel canary = load(aliases->canary->version);
  EXPECT_TRUE(canary.artifacts.contains(kTwoTowerFile));
  const auto heads = decode_response_model(canary.artifacts.at(kResponseArtifact));
  ASSERT_TRUE(heads.ok());
  EXPECT_EQ(heads->source, ResponseSource::kHoldout) << "nothing was shown to anybody";
  EXPECT_EQ(canary.info.metrics.contains("click_calibration_error"), heads->click.has_value());
  // Time is up: the watch and the steps end without waiting.
  std::jthread time([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      clock_.advance(std::chrono::minutes(10));
      std::this_thread::yield();
    }
  });
  EXPECT_TRUE(run_task(kMonitorTask, watch_canary).ok());
  EXPECT_TRUE(run_task(kRolloutTask, finish_rollout).ok());
  EXPECT_EQ(*models_.production(), aliases->canary->version);
}

TEST_F(TrainingTasks, AnUploadWithoutAVersionSaysWhereToGoOn) {
  begin_run(pipeline::Rollout::kImmediate);
  EXPECT_EQ(run_task(kRolloutTask, finish_rollout).error().code(), ErrorCode::kFailedPrecondition);
}

TEST(DailyPipeline, HasABodyForEachTaskAndTheSeedsOrder) {
  const auto dag = daily_dag();
  std::vector<std::string> numbers;
  for (const pipeline::TaskSpec& task : dag.tasks()) numbers.push_back(task.number);
  EXPECT_THAT(numbers, testing::ElementsAre("1", "2", "3", "4a", "4b", "5", "6a", "6b", "7", "8", "9", "10", "11"));
  EXPECT_EQ(dag.downstream_of(kReadTask).size(), 13U);
}

}  // namespace
}  // namespace magpie::batch
