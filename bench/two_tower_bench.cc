// two_tower_bench --ml-100k DIR: quality and speed of the two-tower network alone, on MovieLens-100k, leave-one-out
// (leave_one_out.h), all items ranked that the user has not.
//
// Parameters are chosen on the validation items. With --test the network learns from these too and the test items are
// ranked: for a figure that nothing is chosen by.

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <numeric>
#include <sstream>

#include "batch/two_tower_training_data.h"
#include "kernels/ranking_metrics.h"
#include "kernels/topk.h"
#include "leave_one_out.h"
#include "report.h"

namespace magpie::bench {
namespace {

using batch::Interactions;

constexpr std::size_t kTop = 10;

// What the towers learn from, and the item that each user turned to next.
struct Task {
  Interactions interactions;
  std::vector<std::string> wanted;  // Per user.
};

template <typename Id>
std::vector<Id> sorted_ids(const std::set<std::string>& ids) {
  return {ids.begin(), ids.end()};
}

std::uint32_t row_of(const std::vector<ItemId>& items, const std::string& id) {
  return static_cast<std::uint32_t>(std::lower_bound(items.begin(), items.end(), ItemId(id)) - items.begin());
}

Task make_task(std::vector<Interaction> train, const std::map<std::string, std::string>& wanted) {
  Task task;
  std::map<std::string, std::vector<Interaction>> of_user;
  std::set<std::string> ids;
  for (const Interaction& row : train) {
    ids.insert(row.item);
    of_user[row.user].push_back(row);
  }
  task.interactions.items = sorted_ids<ItemId>(ids);
  for (const auto& [user, rows] : of_user) {
    std::vector<ProfileEvent> events;
    for (const Interaction& row : rows) {
      const Timestamp time{std::chrono::seconds(row.timestamp)};
      events.push_back({row_of(task.interactions.items, row.item), time, 1});
      task.interactions.newest = std::max(task.interactions.newest, time);
    }
    for (const NetPreference& preference : net_preferences(std::move(events))) {
      task.interactions.preferences.push_back(preference);
    }
    task.interactions.users.emplace_back(user);
    task.interactions.offsets.push_back(task.interactions.preferences.size());
    task.wanted.push_back(wanted.at(user));
  }
  return task;
}

// The films' genres. ml-100k.item: item, title, year, genres; by tabs.
Result<std::shared_ptr<const CatalogueSnapshot>> read_catalogue(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return not_found("cannot read " + file.string());
  std::vector<Item> items;
  std::string line;
  std::getline(in, line);  // The header.
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string id;
    std::string genres;
    std::getline(fields, id, '\t');
    for (int i = 0; i < 3; ++i) std::getline(fields, genres, '\t');
    Item item;
    item.id = ItemId(id);
    std::istringstream words(genres);
    for (std::string genre; words >> genre;) item.categories.push_back(genre);
    items.push_back(std::move(item));
  }
  return CatalogueSnapshot().with(std::move(items), {});
}

SparseMatrix categories_of(const Interactions& interactions, const CatalogueSnapshot& catalogue) {
  SparseMatrix categories;
  categories.columns = catalogue.category_names().size();
  for (const ItemId& id : interactions.items) {
    const auto index = catalogue.find(id);
    append_categories(categories,
                      index ? std::span(catalogue.at(*index)->categories) : std::span<const CategoryIndex>());
  }
  return categories;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Quality {
  RankingMetrics metrics;
  double vector_microseconds = 0;
};

std::vector<std::uint32_t> best_rows(const TwoTowerModel& model, std::span<const float> user,
                                     std::span<const NetPreference> known) {
  std::vector<bool> is_known(model.items());
  for (const NetPreference& preference : known) is_known[preference.row] = true;
  std::vector<ScoredRow> scored;
  for (std::uint32_t row = 0; row < model.items(); ++row) {
    const auto item = model.item_vectors.row(row);
    if (!is_known[row]) scored.push_back({row, std::inner_product(item.begin(), item.end(), user.begin(), 0.0F)});
  }
  keep_top(scored, kTop);
  std::vector<std::uint32_t> rows;
  for (const ScoredRow& row : scored) rows.push_back(row.row);
  return rows;
}

Quality measure(const TwoTowerModel& model, const Task& task, std::span<const batch::UserHistory> histories) {
  MeanRankingMetrics mean;
  UserVectorScratch scratch;
  std::vector<float> user(model.dimensions());
  double seconds = 0;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    const auto start = std::chrono::steady_clock::now();
    const bool known = two_tower_user_vector(model, histories[i].profile.items, scratch, user);
    seconds += seconds_since(start);
    const auto& items = task.interactions.items;
    const std::uint32_t wanted = row_of(items, task.wanted[i]);
    const bool exists = wanted < items.size() && items[wanted].get() == task.wanted[i];
    if (!known || !exists) {
      mean.add({});
      continue;
    }
    mean.add(ranking_metrics(best_rows(model, user, task.interactions.of(i)), std::span(&wanted, 1), kTop));
  }
  return {mean.mean(), 1e6 * seconds / static_cast<double>(histories.size())};
}

Status run(const std::filesystem::path& data, const TwoTowerTrainingParameters& parameters, bool test) {
  MAGPIE_ASSIGN_OR_RETURN(auto rows, read_interactions(data / "ml-100k.inter"));
  MAGPIE_ASSIGN_OR_RETURN(const auto catalogue, read_catalogue(data / "ml-100k.item"));
  rows = five_core(std::move(rows));
  Split split = leave_one_out(rows);
  if (test) {
    std::erase_if(rows, [&split](const Interaction& row) { return split.test.at(row.user) == row.item; });
    split.train = std::move(rows);
  }
  const Task task = make_task(std::move(split.train), test ? split.test : split.validation);
  const std::vector<batch::UserHistory> histories = full_histories(task.interactions);
  const SparseMatrix categories = categories_of(task.interactions, *catalogue);
  const batch::TwoTowerInput input{task.interactions.items, histories, categories, *catalogue,
                                   task.interactions.newest};
  const auto start = std::chrono::steady_clock::now();
  const TwoTowerTraining training = batch::train_two_tower_task(input, parameters, {});
  const double seconds = seconds_since(start);
  const Quality quality = measure(training.model, task, histories);

  const std::string command = "two_tower_bench";
  const std::string of = test ? "two_tower.test_" : "two_tower.validation_";
  print({.name = of + "hr@10", .value = quality.metrics.hit_rate, .unit = "share", .command = command});
  print({.name = of + "ndcg@10", .value = quality.metrics.ndcg, .unit = "share", .command = command});
  print({.name = "two_tower.training", .value = seconds, .unit = "s", .better = Better::kLower, .command = command});
  print({.name = "two_tower.user_vector",
         .value = quality.vector_microseconds,
         .unit = "us",
         .better = Better::kLower,
         .bar = 50,
         .command = command});
  return {};
}

}  // namespace
}  // namespace magpie::bench

int main(int argc, char** argv) {
  CLI::App app("The two-tower network alone; figures are JSON lines on standard output");
  std::string data;
  bool test = false;
  magpie::TwoTowerTrainingParameters parameters;
  parameters.validate = false;  // The epochs are fixed.
  app.add_option("--ml-100k", data)->required()->check(CLI::ExistingDirectory);
  app.add_flag("--test", test, "Rank the test items");
  app.add_option("--epochs", parameters.epochs, "Of the training")->capture_default_str();
  app.add_option("--threads", parameters.threads, "Of the training")->capture_default_str();
  app.add_option("--seed", parameters.seed, "Of the training")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const auto status = magpie::bench::run(data, parameters, test);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.to_string().c_str());
  return 1;
}
