// magpie evaluate: how good the recommendations are on a part of history that was held out, beside simple baselines.
//
// Works on the stores directly and not through a server: it trains several models, and what answers requests should not
// have to share its memory with that.

#include <unistd.h>

#include <cstdio>

#include "app/command.h"
#include "app/evaluation_text.h"
#include "app/ports.h"
#include "base/file.h"
#include "base/metrics.h"
#include "batch/evaluation/evaluate.h"
#include "batch/evaluation/report_html.h"
#include "batch/evaluation/report_json.h"
#include "batch/import_value.h"

namespace magpie::app {
namespace {

// One line that is overwritten; nothing where nobody watches.
void show(const batch::TrainProgress& progress) {
  if (::isatty(STDERR_FILENO) == 0) return;
  std::fprintf(stderr, "\r\033[Kmagpie: evaluating: %s %d%%", progress.stage.c_str(),
               static_cast<int>(progress.fraction * 100));
  if (progress.fraction >= 1) std::fprintf(stderr, "\r\033[K");
}

// "10%" or "0.1".
Result<double> parse_share(const std::string& text) {
  const bool percent = text.ends_with('%');
  const auto number = batch::parse_number(percent ? text.substr(0, text.size() - 1) : text);
  if (!number) return invalid_argument("--holdout", "'" + text + "' is no share such as 10% or 0.1");
  return percent ? *number / 100 : *number;
}

class EvaluateCommand final : public Command {
 public:
  explicit EvaluateCommand(CLI::App& parent)
      : Command(parent, "evaluate", "Measure the recommendations on held-out history, beside baselines",
                "  magpie evaluate --data d                                     # each user's last item\n"
                "  magpie evaluate --data d --split temporal --holdout 10%      # the latest tenth\n"
                "  magpie evaluate --data d --split temporal --at 2026-11-01 --html report.html\n") {
    app()
        .add_option("--split", split_, "leave-one-out: each user's last item; temporal: what lies after one moment")
        ->check(CLI::IsMember({"leave-one-out", "temporal"}))
        ->capture_default_str();
    auto* at = app().add_option("--at", at_, "The moment of the temporal split, ISO 8601")->type_name("TIME");
    app()
        .add_option("--holdout", holdout_, "Share of the interactions after the temporal split")
        ->type_name("SHARE")
        ->capture_default_str()
        ->excludes(at);
    app().add_option("--k", settings_.k, "Length of the lists")->capture_default_str();
    app().add_option("--users", settings_.most_users, "Most users that are measured")->capture_default_str();
    app().add_option("--seed", settings_.bootstrap.seed, "Of the bootstrap")->capture_default_str();
    app().add_option("--resamples", settings_.bootstrap.resamples, "Of the bootstrap")->capture_default_str();
    app().add_flag("--no-two-tower", no_two_tower_, "Leave out the two-tower network, which takes most of the time");
    app().add_flag("--json", json_, "Print the report as JSON");
    app().add_option("--html", html_, "Write the report as a web page, too")->type_name("FILE");
  }

 private:
  Status run(const Settings& settings) override {
    MAGPIE_RETURN_IF_ERROR(take_options(settings));
    MAGPIE_ASSIGN_OR_RETURN(const auto report, evaluate(settings));
    if (!html_.empty()) MAGPIE_RETURN_IF_ERROR(write_file_atomically(html_, batch::to_html(report)));
    const std::string text = json_ ? batch::to_json(report) : evaluation_text(report);
    std::fputs(text.c_str(), stdout);
    return {};
  }

  Status take_options(const Settings& settings) {
    settings_.split = split_ == "temporal" ? batch::SplitKind::kTemporal : batch::SplitKind::kLeaveOneOut;
    settings_.training = settings.train_settings();
    settings_.threads = settings_.training.als.threads;
    if (no_two_tower_) settings_.two_tower = batch::WithTwoTower::kNo;
    MAGPIE_ASSIGN_OR_RETURN(settings_.holdout, parse_share(holdout_));
    if (at_.empty()) return {};
    const auto at = batch::parse_timestamp(at_, batch::TimeUnit::kAuto);
    if (!at) return invalid_argument("--at", "'" + at_ + "' is no time");
    if (settings_.split != batch::SplitKind::kTemporal) return invalid_argument("--at", "needs --split temporal");
    settings_.at = from_unix_ms(*at);
    return {};
  }

  [[nodiscard]] Result<batch::EvaluationReport> evaluate(const Settings& settings) const {
    const SystemClock clock;
    Metrics metrics;
    MAGPIE_ASSIGN_OR_RETURN(const auto types, settings.event_types());
    auto ports = open_embedded_profile(data(), settings, types, clock, metrics);
    if (!ports.ok() && ports.error().code() == ErrorCode::kFailedPrecondition) {
      return failed_precondition(ports.error().message() + "; stop the server, or evaluate a copy of the directory");
    }
    if (!ports.ok()) return ports.error();
    return batch::evaluate({.history = (*ports)->history(),
                            .catalogue = (*ports)->catalogue().snapshot(),
                            .indexes = (*ports)->indexes(),
                            .types = types,
                            .now = clock.now()},
                           settings_, show);
  }

  batch::EvaluationSettings settings_;
  std::string split_ = "leave-one-out";
  std::string at_;
  std::string holdout_ = "10%";
  std::string html_;
  bool no_two_tower_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_evaluate_command(CLI::App& parent) { return std::make_unique<EvaluateCommand>(parent); }

}  // namespace magpie::app
