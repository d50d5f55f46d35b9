// magpie import: users, items and events from files, through the API, in batches.

#include <algorithm>
#include <cstdio>

#include "adapters/embedded/reader_factory.h"
#include "app/command.h"
#include "app/server_connection.h"
#include "batch/import.h"
#include "batch/import_layout.h"

namespace magpie::app {
namespace {

using nlohmann::json;

json to_json(const Item& item) {
  json object{
      {"id", item.id.get()},           {"title", item.title},        {"description", item.description},
      {"categories", item.categories}, {"tags", item.tags},          {"created_at", to_unix_ms(item.created_at)},
      {"available", item.available},   {"editorial", item.editorial}};
  if (item.price) object["price"] = *item.price;
  return object;
}

json to_json(const User& user) {
  return {{"id", user.id.get()},
          {"interests", user.interests},
          {"created_at", to_unix_ms(user.created_at)},
          {"segment", user.segment}};
}

json to_json(const batch::ImportedEvent& event) {
  json object{{"event_id", event.event_id},
              {"user_id", event.user_id},
              {"item_id", event.item_id},
              {"type", event.type},
              {"value", event.value}};
  if (event.timestamp_ms) object["timestamp"] = *event.timestamp_ms;
  const auto add = [&object](const char* name, const std::string& text) {
    if (!text.empty()) object[name] = text;
  };
  add("session_id", event.session_id);
  add("request_id", event.request_id);
  add("surface", event.context.surface);
  add("device", event.context.device);
  add("region", event.context.region);
  return object;
}

// Sends a batch and says which of its rows the server refused.
template <typename T>
Result<std::vector<batch::Refusal>> post(HttpClient& http, const std::string& path, const std::vector<T>& rows) {
  auto body = json::array();
  for (const auto& row : rows) body.push_back(to_json(row));
  MAGPIE_ASSIGN_OR_RETURN(const auto response, http.send("POST", path, body.dump()));
  constexpr unsigned kNoneValid = 422;  // A problem document that lists every row.
  if (response.status != kNoneValid) MAGPIE_RETURN_IF_ERROR(success(response));
  MAGPIE_ASSIGN_OR_RETURN(const auto outcome, parse_json(response.body));
  std::vector<batch::Refusal> refusals;
  for (const auto& rejected : outcome.value(response.status == kNoneValid ? "errors" : "rejected", json::array())) {
    refusals.push_back({rejected.value("index", std::size_t{0}),
                        rejected.value("field", std::string()) + ": " + rejected.value("reason", std::string())});
  }
  return refusals;
}

struct FileOption {
  batch::ImportKind kind;
  std::filesystem::path path;
  std::string columns;    // field=column,...
  std::string constants;  // field=text,...
};

class ImportCommand final : public Command {
 public:
  explicit ImportCommand(CLI::App& parent)
      : Command(
            parent, "import", "Take in users, items and events from CSV, TSV, JSON Lines or Parquet",
            "  magpie import --data d --items items.csv --events events.parquet\n"
            "  magpie import --data d --events log.tsv --map user_id=customer,item_id=sku,timestamp=ts \\\n"
            "      --constant type=purchase              # columns by other names; one value for all rows\n"
            "  magpie import --data d --layout movielens ml-latest-small\n"
            "  magpie import --data d --layout recbole ml-100k --rebase-time now\n"
            "Fields of events: event_id user_id item_id type timestamp value session_id request_id surface device\n"
            "region; of items: item_id title description categories tags price created_at available editorial;\n"
            "of users: user_id interests created_at segment. A field is taken from the column of its own name\n"
            "unless it is mapped. A bad row goes to the rejects file with file, line and reason; the rest is kept.\n"
            "Importing the same file twice changes nothing.") {
    app()
        .add_option("--layout", layout_, "A known data set: movielens, recbole or completejourney, with its PATH")
        ->check(CLI::IsMember({"movielens", "recbole", "completejourney"}));
    app().add_option("path", path_, "Directory or file of the --layout")->type_name("PATH");
    add_file_options("events", "", files_[0]);
    add_file_options("items", "-items", files_[1]);
    add_file_options("users", "-users", files_[2]);
    app()
        .add_option("--time-unit", time_unit_, "Of timestamps: auto, s, ms, us or iso")
        ->check(CLI::IsMember({"auto", "s", "ms", "us", "iso"}))
        ->capture_default_str();
    app()
        .add_option("--list-separator", list_separator_, "Between the parts of categories, tags and interests")
        ->capture_default_str();
    app()
        .add_option("--rebase-time", rebase_, "Shift all events by the same time, so that the newest is `now`")
        ->check(CLI::IsMember({"now"}));
    app().add_option("--rejects", rejects_, "Where bad rows go (default: DIR/rejects.tsv)")->type_name("FILE");
  }

 private:
  void add_file_options(const std::string& kind, const std::string& suffix, FileOption& option) {
    app().add_option("--" + kind, option.path, "File of " + kind)->type_name("FILE")->check(CLI::ExistingFile);
    app()
        .add_option("--map" + suffix, option.columns, "Columns of the fields of " + kind)
        ->type_name("FIELD=COLUMN,...");
    app()
        .add_option("--constant" + suffix, option.constants, "Fields of " + kind + " that are the same in all rows")
        ->type_name("FIELD=TEXT,...");
  }

  [[nodiscard]] Result<batch::ImportSource> source(const FileOption& option) const {
    const auto format = embedded::record_options_by_extension(option.path);
    if (!format) {
      return invalid_argument(option.path.string(), "its name must end in .csv, .tsv, .jsonl, .ndjson or .parquet");
    }
    batch::ImportSource source{.path = option.path, .kind = option.kind, .format = *format, .mapping = {}};
    source.mapping.time_unit = *batch::parse_time_unit(time_unit_);
    source.mapping.list_separator = list_separator_;
    MAGPIE_RETURN_IF_ERROR(batch::add_columns(source.mapping, option.columns));
    MAGPIE_RETURN_IF_ERROR(batch::add_constants(source.mapping, option.constants));
    return source;
  }

  [[nodiscard]] Result<batch::ImportPlan> plan(Timestamp now) const {
    batch::ImportPlan plan;
    if (!layout_.empty()) {
      if (path_.empty()) return invalid_argument("path", "where is the data set?");
      MAGPIE_ASSIGN_OR_RETURN(plan.sources, batch::find_layout(layout_, path_));
    } else if (!path_.empty()) {
      return invalid_argument("--layout", "what is " + path_.string() + "? Give its layout, or use --events FILE");
    }
    for (const auto& option : files_) {
      if (option.path.empty()) continue;
      MAGPIE_ASSIGN_OR_RETURN(auto one, source(option));
      plan.sources.push_back(std::move(one));
    }
    if (plan.sources.empty()) return invalid_argument("--events", "nothing to import; see magpie import --help");
    if (!rebase_.empty()) plan.rebase_to = now;
    return plan;
  }

  Status run(const Settings& settings) override {
    const auto now = SystemClock().now();
    MAGPIE_ASSIGN_OR_RETURN(const auto plan, this->plan(now));
    MAGPIE_ASSIGN_OR_RETURN(const auto server, ServerConnection::open(data(), settings));
    auto& http = server->http();
    const batch::ImportSink sink{
        .items = [&http](const std::vector<Item>& items) { return post(http, "/v1/items", items); },
        .users = [&http](const std::vector<User>& users) { return post(http, "/v1/users", users); },
        .events =
            [&http](const std::vector<batch::ImportedEvent>& events) { return post(http, "/v1/events", events); }};
    batch::Rejects rejects(rejects_.empty() ? data() / "rejects.tsv" : rejects_);
    const auto report = batch::run_import(plan, embedded::open_records, sink, rejects, now, show_progress());
    if (report.ok()) print(*report, rejects);
    MAGPIE_RETURN_IF_ERROR(report.status());
    return server->finish();
  }

  static batch::ImportProgress show_progress() {
    constexpr std::uint64_t kStep = 1'000'000;
    return [next = kStep](const batch::ImportReport& report) mutable {
      if (report.events < next) return;
      std::fprintf(stderr, "magpie: %llu events\n", static_cast<unsigned long long>(report.events));
      next = report.events + kStep;
    };
  }

  static void print(const batch::ImportReport& report, const batch::Rejects& rejects) {
    std::printf("imported %llu items, %llu users, %llu events; %llu rows rejected\n",
                static_cast<unsigned long long>(report.items), static_cast<unsigned long long>(report.users),
                static_cast<unsigned long long>(report.events), static_cast<unsigned long long>(report.rejected));
    for (const auto& reject : rejects.first()) {
      std::printf("  %s:%llu: %s\n", reject.file.c_str(), static_cast<unsigned long long>(reject.line),
                  reject.reason.c_str());
    }
    if (rejects.count() > 0) std::printf("  all of them: %s\n", rejects.path().c_str());
  }

  std::string layout_;
  std::filesystem::path path_;
  FileOption files_[3] = {{batch::ImportKind::kEvents, {}, {}, {}},
                          {batch::ImportKind::kItems, {}, {}, {}},
                          {batch::ImportKind::kUsers, {}, {}, {}}};
  std::string time_unit_ = "auto";
  std::string list_separator_ = "|";
  std::string rebase_;
  std::filesystem::path rejects_;
};

}  // namespace

std::unique_ptr<Command> make_import_command(CLI::App& parent) { return std::make_unique<ImportCommand>(parent); }

}  // namespace magpie::app
