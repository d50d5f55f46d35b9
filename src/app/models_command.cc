// magpie models list|promote|rollback|canary: model versions and which of them serves whom, through the API.

#include <chrono>
#include <cstdio>

#include "app/command.h"
#include "app/server_connection.h"
#include "app/text_table.h"

namespace magpie::app {
namespace {

using nlohmann::json;

std::string iso_time(std::int64_t unix_ms) {
  const auto time = std::chrono::floor<std::chrono::seconds>(from_unix_ms(unix_ms));
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()));
  return text;
}

std::string share_text(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g%%", share * 100);
  return text;
}

std::string role_text(const json& list, std::uint64_t version) {
  const auto is = [&](const char* alias) { return list.contains(alias) && list.at(alias) == version; };
  const auto is_of = [&](const char* alias) { return list.contains(alias) && list.at(alias).at("version") == version; };
  if (is("production")) return "production";
  if (is_of("canary")) return "canary " + share_text(list.at("canary").at("share").get<double>());
  if (is("previous")) return "previous";
  return is_of("rejected") ? "rejected" : "";
}

void print_list(const json& list) {
  std::printf("%-8s %-14s %-17s %12s %10s %10s\n", "version", "role", "trained (UTC)", "events", "users", "items");
  for (const json& model : list.at("models")) {
    const auto version = model.at("version").get<std::uint64_t>();
    std::printf("v%-7llu %s %s %12llu %10llu %10llu\n", static_cast<unsigned long long>(version),
                cell(role_text(list, version), 14).c_str(),
                cell(iso_time(model.at("created_at").get<std::int64_t>()), 17).c_str(), model.value("events", 0ULL),
                model.value("users", 0ULL), model.value("items", 0ULL));
  }
  if (!list.contains("rejected")) return;
  const json& rejected = list.at("rejected");
  std::printf("v%llu was rejected at %s: %s\n", rejected.value("version", 0ULL),
              iso_time(rejected.at("at").get<std::int64_t>()).c_str(), rejected.value("reason", "").c_str());
}

// "3" and "v3" are the same version.
std::string number_of(const std::string& version) { return version.starts_with('v') ? version.substr(1) : version; }

struct Call {
  std::string method;
  std::string target;
};

class ModelsCommand final : public Command {
 public:
  explicit ModelsCommand(CLI::App& parent)
      : Command(parent, "models", "Model versions, and which of them serves whom",
                "  magpie models list --data d\n"
                "  magpie models promote v3 --data d              # everybody gets version 3\n"
                "  magpie models rollback --data d                # what was in production before serves again\n"
                "  magpie models canary v4 --share 0.1 --data d   # a tenth of the users get version 4\n"
                "  magpie models canary --withdraw --data d       # nobody does\n") {
    app()
        .add_option("what", what_, "list, promote, rollback or canary")
        ->required()
        ->check(CLI::IsMember({"list", "promote", "rollback", "canary"}));
    app().add_option("version", version_, "promote, canary: which one")->type_name("VERSION");
    auto* const share = app().add_option("--share", share_, "canary: share of the users, above 0 and at most 1");
    share->type_name("SHARE")->capture_default_str();
    app().add_flag("--withdraw", withdraw_, "canary: production serves everybody again")->excludes(share);
  }

 private:
  Status run(const Settings& settings) override {
    MAGPIE_ASSIGN_OR_RETURN(const Call call, wanted());
    MAGPIE_ASSIGN_OR_RETURN(const auto server, ServerConnection::open(data(), settings));
    MAGPIE_ASSIGN_OR_RETURN(const auto body, server->http().call(call.method, call.target));
    MAGPIE_ASSIGN_OR_RETURN(const json list, parse_json(body));
    print_list(list);
    return server->finish();
  }

  [[nodiscard]] Result<Call> wanted() const {
    if (what_ == "list") return Call{"GET", "/v1/models"};
    if (what_ == "rollback") return Call{"POST", "/v1/models/rollback"};
    if (withdraw_) return Call{"DELETE", "/v1/models/canary"};
    if (version_.empty()) return invalid_argument("version", "which version?");
    const std::string path = "/v1/models/" + percent_encode(number_of(version_));
    if (what_ == "promote") return Call{"POST", path + "/promote"};
    return Call{"POST", path + "/canary?share=" + percent_encode(share_)};
  }

  std::string what_;
  std::string version_;
  std::string share_ = "0.1";
  bool withdraw_ = false;
};

}  // namespace

std::unique_ptr<Command> make_models_command(CLI::App& parent) { return std::make_unique<ModelsCommand>(parent); }

}  // namespace magpie::app
