#include "tests/api/test_services.h"

#include <array>
#include <cstdlib>
#include <utility>
#include <vector>

#include "serving/film_shop_test.h"

namespace magpie::api {
namespace {

void require(const Status& status) {
  if (!status.ok()) std::abort();
}

Item example_film(std::string id, std::string title, std::vector<std::string> categories) {
  Item item;
  item.id = ItemId(std::move(id));
  item.title = std::move(title);
  item.categories = std::move(categories);
  item.created_at = serving::kNow;
  return item;
}

speed::RawEvent example_event(std::string user, std::string item, std::string type) {
  speed::RawEvent event;
  event.user_id = std::move(user);
  event.item_id = std::move(item);
  event.type = std::move(type);
  return event;
}

batch::pipeline::Dag two_tasks() {
  batch::pipeline::TaskSpec read;
  read.id = "read";
  read.number = "1";
  read.title = "Read the history";
  batch::pipeline::TaskSpec filter;
  filter.id = "filter";
  filter.number = "2";
  filter.title = "Filter robots and outliers";
  filter.upstreams = {"read"};
  auto dag = batch::pipeline::Dag::make({read, filter});
  require(dag.status());
  return *std::move(dag);
}

Status do_nothing(batch::pipeline::TaskContext& task) {
  task.note("events_read", "3");
  return {};
}

}  // namespace

TestServices::TestServices()
    : clock_(serving::kNow),
      ids_(clock_, 1),
      pool_(2, 1024),
      features_(feature_store_, feature_faults_),
      ingest_(log_, catalogue_, types_, clock_, ids_, metrics_),
      stream_(log_, features_, types_, clock_, metrics_, {}),
      recommender_(catalogue_, features_, serving_model_, types_, clock_, ids_, pool_, metrics_,
                   [this](std::vector<Event> impressions) { ingest_.log_impressions(std::move(impressions)); },
                   // A test machine may stand still for longer than a request may wait in production.
                   {.strategy_deadline = std::chrono::seconds(60)}),
      pipeline_(two_tasks(), {{"read", do_nothing}, {"filter", do_nothing}}, run_store(), {}, clock_, metrics_,
                Logger::to_stderr(LogLevel::kOff, LogFormat::kText), {}, {}),
      training_([this](const batch::ReportProgress& progress) { return train(progress); }),
      services_{ingest_,
                recommender_,
                catalogue_,
                features_,
                models_,
                training_,
                pipeline_,
                metrics_,
                types_,
                clock_,
                [this](const UserId& user) { return erase(user); },
                [this] { return readiness(); },
                [] { return ok_status(); }} {
  fill_catalogue();
  finish_a_run();
  publish_models();
  ingest_.accept({example_event("196", "242", "view"), example_event("196", "drama0", "purchase"),
                  example_event("186", "drama1", "click")},
                 [](const Result<speed::IngestOutcome>& outcome) { require(outcome.status()); });
  process_events();
}

batch::pipeline::RunStore TestServices::run_store() const {
  auto store = batch::pipeline::RunStore::open(runs_.path());
  require(store.status());
  return *std::move(store);
}

void TestServices::finish_a_run() {
  batch::pipeline::RunRequest request;
  request.id = batch::pipeline::RunId("2023-11-14T02:00:00Z");
  const auto run = pipeline_.start(request);
  require(run.status());
  require(pipeline_.wait(run->plan.id, {}).status());
}

void TestServices::fill_catalogue() {
  std::vector<Item> items = serving::films();
  items.push_back(example_film("242", "Kolya (1996)", {"comedy"}));
  items.push_back(example_film("302", "L.A. Confidential (1997)", {"crime"}));
  items.push_back(example_film("313", "Titanic (1997)", {"drama", "romance"}));
  require(catalogue_.put_items(std::move(items)));
  const std::array users{User{UserId("186"), {}, serving::kNow, ""},
                         User{UserId("196"), {"drama"}, serving::kNow, "beta"}};
  require(catalogue_.put_users(users));
}

// Version 1 in production, 2 before it, 3 without a role.
void TestServices::publish_models() {
  serving_model_.set(serving::serving_model(catalogue_.snapshot()));
  ModelInfo info;
  info.created_at = serving::kNow;
  info.metrics = {{"validation_ndcg@10", 0.05}};
  info.parameters = {{"als.factors", "64"}};
  for (int i = 0; i < 3; ++i) require(models_.publish(info, {}).status());
  require(models_.promote(ModelVersion(2)));
  require(models_.promote(ModelVersion(1)));
}

void TestServices::process_events() {
  while (true) {
    const auto read = stream_.step();
    require(read.status());
    if (*read == 0) break;
  }
  require(stream_.publish_trending());
}

void TestServices::set_not_ready(std::optional<std::string> reason) {
  const std::lock_guard lock(mutex_);
  not_ready_because_ = std::move(reason);
}

void TestServices::warn(std::string warning) {
  const std::lock_guard lock(mutex_);
  warnings_.push_back(std::move(warning));
}

void TestServices::hold_training() {
  const std::lock_guard lock(mutex_);
  holding_training_ = true;
}

void TestServices::finish_training(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  holding_training_ = false;
  training_error_ = std::move(error);
  training_may_end_.notify_all();
}

Result<ModelInfo> TestServices::train(const batch::ReportProgress& progress) {
  progress({"als", 0.5});
  std::unique_lock lock(mutex_);
  training_may_end_.wait(lock, [this] { return !holding_training_; });
  if (training_error_) return *training_error_;
  ModelInfo info;
  info.version = ModelVersion(2);
  info.created_at = clock_.now();
  info.window_start = clock_.now() - std::chrono::days(90);
  info.window_end = clock_.now();
  info.events = 3;
  return info;
}

Status TestServices::erase(const UserId& user) {
  MAGPIE_RETURN_IF_ERROR(catalogue_.erase_user(user));
  MAGPIE_RETURN_IF_ERROR(log_.erase(user));
  return features_.erase(user);
}

Readiness TestServices::readiness() {
  const std::lock_guard lock(mutex_);
  return {!not_ready_because_, not_ready_because_.value_or(""), warnings_};
}

}  // namespace magpie::api
