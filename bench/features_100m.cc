// magpie_features_bench: extraction and feature tables over generated events, with bounded memory, beside the same SQL
// in PySpark. ./bench.sh features-100m runs `compare` and `measure`; the other commands are its parts.
//
//   compare  --events N ...   both engines on the same events, table by table: fails where a row differs
//   measure  --events N ...   generates, measures both engines in processes of their own, prints the figures
//   generate --events N --data DIR
//   run      --data DIR --out DIR --engine embedded|spark [--step NAME]   one engine; a JSON line of what it took

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>

#include "adapters/embedded/duck_analytics.h"
#include "base/file.h"
#include "batch/extraction.h"
#include "batch/feature_tables.h"
#include "features_data.h"
#include "process/child_process.h"
#include "report.h"
#include "spark_analytics.h"

namespace magpie::bench {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kGB = 1e9;
constexpr std::size_t kMemoryLimit = 2UL << 30U;  // Of DuckDB's buffers; the bar of 4 GB is on the process.

struct Options {
  std::uint64_t events = 100'000'000;
  std::uint64_t peer_events = 10'000'000;  // What both engines are timed on.
  fs::path work;
  fs::path data;
  fs::path out;
  std::string engine = "embedded";
  std::string step;
  fs::path spark_job;
  fs::path pyspark;
  std::string self;
};

// The steps of the pipeline that this is about, in their order.
struct Step {
  std::string name;
  std::function<Status(Analytics&)> run;
};

std::vector<Step> steps_of(const fs::path& data, const fs::path& out) {
  const batch::FeatureSources sources{data, out / "clean", kGeneratedWindow.end};
  const batch::ExtractionSettings extraction;
  const batch::FeatureSettings features;
  return {{"filter",
           [=](Analytics& a) { return filter_raw(a, data, kGeneratedWindow, extraction, out / "filter").status(); }},
          {"write_clean",
           [=](Analytics& a) {
             return write_clean(a, data, out / "filter", kGeneratedWindow, extraction, out / "clean").status();
           }},
          {"user_features", [=](Analytics& a) { return write_user_features(a, sources, features, out / "users"); }},
          {"item_features", [=](Analytics& a) { return write_item_features(a, sources, features, out / "items"); }},
          {"merge_features", [=](Analytics& a) {
             return merge_features(a, sources, out / "users", out / "items", features, out / "merged");
           }}};
}

// VmHWM: the most memory that this process has had.
double peak_bytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  double kilobytes = 0;
  while (status >> word) {
    if (word == "VmHWM:") status >> kilobytes;
  }
  return kilobytes * 1024;
}

Result<std::unique_ptr<embedded::DuckAnalytics>> open_embedded(const fs::path& out) {
  static const EventTypes types;
  embedded::DuckAnalyticsSettings settings;
  settings.spill_directory = out / "spill";
  settings.memory_limit_bytes = kMemoryLimit;
  settings.threads = 2;
  return embedded::DuckAnalytics::open(types, settings);
}

Result<std::unique_ptr<SparkAnalytics>> start_spark(const Options& options, Analytics& local) {
  return SparkAnalytics::start({options.spark_job, options.pyspark, options.out / "spark.log"}, local);
}

// Runs the steps, or the one that was asked for; the seconds of each.
Result<json> run_steps(Analytics& analytics, const Options& options) {
  json seconds = json::object();
  for (const Step& step : steps_of(options.data, options.out)) {
    if (!options.step.empty() && options.step != step.name) continue;
    const auto start = std::chrono::steady_clock::now();
    MAGPIE_RETURN_IF_ERROR(step.run(analytics));
    seconds[step.name] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::cerr << options.engine << " " << step.name << ": " << seconds[step.name] << " s, peak " << peak_bytes() / kGB
              << " GB\n";
  }
  return seconds;
}

Status run(const Options& options) {
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(options.out));
  MAGPIE_ASSIGN_OR_RETURN(const auto local, open_embedded(options.out));
  std::unique_ptr<SparkAnalytics> spark;
  if (options.engine == "spark") {
    MAGPIE_ASSIGN_OR_RETURN(spark, start_spark(options, *local));
    // Starting a JVM is not what is measured.
    MAGPIE_RETURN_IF_ERROR(spark->visit({{}, {}, "SELECT 1 AS one"}, [](const AnalyticsRows&) { return ok_status(); }));
  }
  Analytics& analytics = spark ? static_cast<Analytics&>(*spark) : *local;
  MAGPIE_ASSIGN_OR_RETURN(const json seconds, run_steps(analytics, options));
  double total = 0;
  for (const auto& [step, took] : seconds.items()) total += took.get<double>();
  std::cout << json({{"seconds", seconds}, {"total_seconds", total}, {"peak_bytes", peak_bytes()}}).dump() << std::endl;
  return ok_status();
}

// This program again, in a process of its own; what it printed last.
Result<json> run_apart(const Options& options, const std::vector<std::string>& arguments) {
  std::vector<std::string> argv{options.self};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  argv.insert(argv.end(), {"--spark-job", options.spark_job, "--pyspark", options.pyspark});
  MAGPIE_ASSIGN_OR_RETURN(const tests::Finished finished, tests::run_to_end(argv, std::chrono::hours(3)));
  std::cerr << finished.output;
  if (finished.status != 0) return internal_error(arguments.front() + " failed: " + finished.output);
  const std::string& output = finished.output;
  const auto line = output.rfind('\n', output.size() - 2);
  return json::parse(output.substr(line == std::string::npos ? 0 : line + 1), nullptr, false);
}

Result<json> measure_engine(const Options& options, const std::string& engine, const fs::path& data) {
  const fs::path out = options.work / ("out-" + engine);
  MAGPIE_RETURN_IF_ERROR(magpie::remove_all(out));
  auto measured = run_apart(options, {"run", "--data", data, "--out", out, "--engine", engine});
  MAGPIE_RETURN_IF_ERROR(magpie::remove_all(out));
  return measured;
}

void print_time(const std::string& events, double seconds, std::optional<double> spark) {
  print({.name = "extraction and features, " + events + " events",
         .value = seconds,
         .unit = "s",
         .better = Better::kLower,
         .peer = spark ? "PySpark 3.5.9 local[2], 6 GB, the same SQL" : "",
         .peer_value = spark,
         .command = "./bench.sh features-100m"});
}

Status measure(const Options& options) {
  const auto millions = [](std::uint64_t events) { return std::to_string(events / 1'000'000) + " million"; };
  const fs::path part = options.work / "raw-part";
  MAGPIE_RETURN_IF_ERROR(generate_history(options.peer_events, part));
  MAGPIE_ASSIGN_OR_RETURN(const json small, measure_engine(options, "embedded", part));
  MAGPIE_ASSIGN_OR_RETURN(const json spark, measure_engine(options, "spark", part));
  MAGPIE_RETURN_IF_ERROR(magpie::remove_all(part));
  print_time(millions(options.peer_events), small.at("total_seconds"), spark.at("total_seconds").get<double>());

  const fs::path whole = options.work / "raw";
  MAGPIE_RETURN_IF_ERROR(generate_history(options.events, whole));
  MAGPIE_ASSIGN_OR_RETURN(const json large, measure_engine(options, "embedded", whole));
  MAGPIE_RETURN_IF_ERROR(magpie::remove_all(whole));
  print_time(millions(options.events), large.at("total_seconds"), std::nullopt);
  print({.name = "peak resident, " + millions(options.events) + " events",
         .value = large.at("peak_bytes").get<double>() / kGB,
         .unit = "GB",
         .better = Better::kLower,
         .bar = 4,
         .command = "./bench.sh features-100m"});
  return ok_status();
}

// Tables that both engines have written, relative to their output.
constexpr std::array kTables = {"filter/value_bounds",    "filter/user_hours",       "filter/robots",
                                "filter/repeated_ids",    "filter/repeated_actions", "clean/events",
                                "users/user_features",    "users/user_categories",   "items/item_features",
                                "merged/item_categories", "merged/user_items",       "merged/training_examples"};

// How many rows one engine has and the other lacks. Doubles count as equal up to twelve digits: the last may depend on
// the library that takes a logarithm.
Result<std::int64_t> different_rows(Analytics& local, const fs::path& ours, const fs::path& theirs) {
  const std::vector<AnalyticsTable> tables{{"ours", ours}, {"theirs", theirs}};
  std::string columns;
  MAGPIE_RETURN_IF_ERROR(local.visit({tables, {}, "SELECT column_name, column_type FROM (DESCRIBE FROM ours)"},
                                     [&](const AnalyticsRows& rows) {
                                       for (std::size_t row = 0; row < rows.size(); ++row) {
                                         const auto& name = *rows.get<TextColumn>("column_name")[row];
                                         const auto& type = *rows.get<TextColumn>("column_type")[row];
                                         columns.append(columns.empty() ? "" : ", ");
                                         if (type == "DOUBLE") columns.append("printf('%.12g', " + name + ") AS ");
                                         columns.append(name);
                                       }
                                       return ok_status();
                                     }));
  const std::string ours_sql = "SELECT " + columns + " FROM ours";
  const std::string theirs_sql = "SELECT " + columns + " FROM theirs";
  std::int64_t different = 0;
  MAGPIE_RETURN_IF_ERROR(local.visit({tables,
                                      {},
                                      "SELECT count(*) AS n FROM ((" + ours_sql + " EXCEPT ALL " + theirs_sql +
                                          ") UNION ALL (" + theirs_sql + " EXCEPT ALL " + ours_sql + "))"},
                                     [&](const AnalyticsRows& rows) {
                                       different = rows.get<IntegerColumn>("n")[0].value_or(0);
                                       return ok_status();
                                     }));
  return different;
}

Status compare(const Options& options) {
  Options ours = options;
  ours.data = options.work / "raw-compare";
  ours.out = options.work / "ours";
  Options theirs = ours;
  theirs.out = options.work / "theirs";
  theirs.engine = "spark";
  for (const fs::path& out : {ours.out, theirs.out}) {
    MAGPIE_RETURN_IF_ERROR(magpie::remove_all(out));
    MAGPIE_RETURN_IF_ERROR(magpie::create_directories(out));
  }
  MAGPIE_RETURN_IF_ERROR(generate_history(options.events, ours.data));
  MAGPIE_ASSIGN_OR_RETURN(const auto local, open_embedded(ours.out));
  MAGPIE_RETURN_IF_ERROR(run_steps(*local, ours).status());
  MAGPIE_ASSIGN_OR_RETURN(const auto spark, start_spark(theirs, *local));
  MAGPIE_RETURN_IF_ERROR(run_steps(*spark, theirs).status());
  std::int64_t different = 0;
  for (const char* table : kTables) {
    MAGPIE_ASSIGN_OR_RETURN(const std::int64_t rows, different_rows(*local, ours.out / table, theirs.out / table));
    std::cerr << table << ": " << rows << " rows differ\n";
    different += rows;
  }
  print({.name = "rows that differ between the embedded engine and Spark",
         .value = static_cast<double>(different),
         .unit = "rows",
         .better = Better::kLower,
         .bar = 0,
         .command = "./bench.sh features-100m"});
  return magpie::remove_all(options.work);
}

}  // namespace
}  // namespace magpie::bench

int main(int argc, char** argv) {
  using magpie::bench::Options;
  Options options;
  options.self = std::filesystem::canonical("/proc/self/exe");
  std::function<magpie::Status(const Options&)> command;
  CLI::App app("Extraction and features over generated events; figures are JSON lines on standard output");
  app.require_subcommand(1);
  const auto add = [&](const char* name, const std::function<magpie::Status(const Options&)>& function) {
    CLI::App* sub = app.add_subcommand(name);
    sub->add_option("--events", options.events);
    sub->add_option("--peer-events", options.peer_events);
    sub->add_option("--work", options.work);
    sub->add_option("--data", options.data);
    sub->add_option("--out", options.out);
    sub->add_option("--engine", options.engine)->check(CLI::IsMember({"embedded", "spark"}));
    sub->add_option("--step", options.step);
    sub->add_option("--spark-job", options.spark_job);
    sub->add_option("--pyspark", options.pyspark);
    sub->callback([&command, function] { command = function; });
  };
  add("compare", magpie::bench::compare);
  add("measure", magpie::bench::measure);
  add("generate", [](const Options& o) { return magpie::bench::generate_history(o.events, o.data); });
  add("run", magpie::bench::run);
  CLI11_PARSE(app, argc, argv);
  const auto status = command(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "features: %s\n", status.to_string().c_str());
  return 1;
}
