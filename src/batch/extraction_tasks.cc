#include <string>
#include <utility>
#include <vector>

#include "batch/daily_tasks.h"
#include "batch/interactions.h"
#include "batch/training_files.h"

namespace magpie::batch {
namespace {

using pipeline::TaskContext;

std::vector<Item> items_of(const CatalogueSnapshot& catalogue) {
  std::vector<Item> items;
  items.reserve(catalogue.item_count());
  for (std::uint32_t index = 0; index < catalogue.index_bound(); ++index) {
    if (const CatalogueItem* found = catalogue.at(ItemIndex(index))) items.push_back(found->item);
  }
  return items;
}

void note_counts(TaskContext& task, const ExtractionReport& report) {
  task.note("events_read", std::to_string(report.events_read));
  for (const RuleCount& count : report.rules) {
    if (count.events > 0) task.note("rejected_" + count.rule, std::to_string(count.events));
  }
}

Result<FeatureSources> sources_of(const TaskContext& task) {
  MAGPIE_ASSIGN_OR_RETURN(auto raw, task.input(kReadTask));
  MAGPIE_ASSIGN_OR_RETURN(auto clean, task.input(kWriteCleanTask));
  return FeatureSources{std::move(raw), std::move(clean), task.plan().window.end};
}

Status check_amount(const Interactions& interactions, const TrainSettings& settings) {
  if (interactions.events >= settings.minimum_interactions && interactions.events > 0) return {};
  return failed_precondition("too little to train on: " + std::to_string(interactions.events) +
                             " interactions in the window, " + std::to_string(settings.minimum_interactions) +
                             " needed");
}

}  // namespace

Status read_history(const DailyDependencies& dependencies, TaskContext& task) {
  MAGPIE_RETURN_IF_ERROR(dependencies.flush());
  MAGPIE_ASSIGN_OR_RETURN(const auto settings, dependencies.settings(task.plan().settings));
  const auto catalogue = dependencies.catalogue.snapshot();
  MAGPIE_RETURN_IF_ERROR(save_items(items_of(*catalogue), task.output() / kCatalogueFile));
  return read_raw(dependencies.history, *catalogue, settings.types, dependencies.analytics, task.plan().window,
                  task.output());
}

Status filter_history(const DailyDependencies& dependencies, TaskContext& task) {
  MAGPIE_ASSIGN_OR_RETURN(const auto settings, dependencies.settings(task.plan().settings));
  MAGPIE_ASSIGN_OR_RETURN(const auto raw, task.input(kReadTask));
  MAGPIE_ASSIGN_OR_RETURN(const auto report, filter_raw(dependencies.analytics, raw, task.plan().window,
                                                        settings.extraction, task.output()));
  note_counts(task, report);
  return {};
}

Status write_clean_history(const DailyDependencies& dependencies, TaskContext& task) {
  MAGPIE_ASSIGN_OR_RETURN(const auto settings, dependencies.settings(task.plan().settings));
  MAGPIE_ASSIGN_OR_RETURN(const auto raw, task.input(kReadTask));
  MAGPIE_ASSIGN_OR_RETURN(const auto filtered, task.input(kFilterTask));
  MAGPIE_ASSIGN_OR_RETURN(const auto report, write_clean(dependencies.analytics, raw, filtered, task.plan().window,
                                                         settings.extraction, task.output()));
  task.note("events_kept", std::to_string(report.events_kept));
  task.note("users_kept", std::to_string(report.users_kept));
  return {};
}

Status compute_user_features(const DailyDependencies& dependencies, TaskContext& task) {
  MAGPIE_ASSIGN_OR_RETURN(const auto settings, dependencies.settings(task.plan().settings));
  MAGPIE_ASSIGN_OR_RETURN(const auto sources, sources_of(task));
  return write_user_features(dependencies.analytics, sources, settings.features, task.output());
}

Status compute_item_features(const DailyDependencies& dependencies, TaskContext& task) {
  MAGPIE_ASSIGN_OR_RETURN(const auto settings, dependencies.settings(task.plan().settings));
  MAGPIE_ASSIGN_OR_RETURN(const auto sources, sources_of(task));
  return write_item_features(dependencies.analytics, sources, settings.features, task.output());
}

Status merge_feature_tables(const DailyDependencies& dependencies, TaskContext& task) {
  MAGPIE_ASSIGN_OR_RETURN(const auto settings, dependencies.settings(task.plan().settings));
  MAGPIE_ASSIGN_OR_RETURN(const auto sources, sources_of(task));
  MAGPIE_ASSIGN_OR_RETURN(const auto users, task.input(kUserFeaturesTask));
  MAGPIE_ASSIGN_OR_RETURN(const auto items, task.input(kItemFeaturesTask));
  MAGPIE_RETURN_IF_ERROR(
      merge_features(dependencies.analytics, sources, users, items, settings.features, task.output()));
  task.progress(0.6);
  MAGPIE_RETURN_IF_ERROR(task.check());
  const auto scan = [&](const HistoryStore::Visit& visit) {
    return dependencies.analytics.scan_events(sources.clean / kCleanEvents, visit);
  };
  MAGPIE_ASSIGN_OR_RETURN(const auto interactions, read_interactions(scan, settings.types));
  MAGPIE_RETURN_IF_ERROR(check_amount(interactions, settings.train));
  task.note("interactions", std::to_string(interactions.events));
  task.note("users", std::to_string(interactions.users.size()));
  task.note("items", std::to_string(interactions.items.size()));
  return save_interactions(interactions, task.output() / kInteractionsFile);
}

}  // namespace magpie::batch
