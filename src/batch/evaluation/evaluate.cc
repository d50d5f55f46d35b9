#include "batch/evaluation/evaluate.h"

#include <algorithm>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "batch/evaluation/contenders.h"
#include "batch/evaluation/logged_clicks.h"
#include "batch/evaluation/measure.h"
#include "batch/interactions.h"
#include "batch/response_training.h"
#include "model/user_state.h"

namespace magpie::batch {
namespace {

constexpr std::size_t kLongestList = 100;

Status check(const EvaluationSettings& settings) {
  if (settings.k < 1 || settings.k > kLongestList) return invalid_argument("k", "must be 1 to 100");
  if (settings.holdout <= 0 || settings.holdout >= 1) return invalid_argument("holdout", "must be above 0 and below 1");
  if (settings.most_users == 0) return invalid_argument("users", "must be at least 1");
  if (settings.bootstrap.resamples == 0) return invalid_argument("resamples", "must be at least 1");
  return {};
}

// At most `limit`, evenly spread.
std::vector<TestUser> sample(std::vector<TestUser> users, std::size_t limit) {
  if (users.size() <= limit) return users;
  std::vector<TestUser> chosen;
  for (std::size_t i = 0; i < limit; ++i) chosen.push_back(std::move(users[i * users.size() / limit]));
  return chosen;
}

class Evaluation {
 public:
  Evaluation(const EvaluationDependencies& dependencies, const EvaluationSettings& settings,
             const ReportProgress& progress)
      : dependencies_(dependencies),
        settings_(settings),
        progress_(progress),
        // Events may be ahead of the clock by the skew that the edge allows.
        window_{dependencies.now - settings.training.window, dependencies.now + kMaxClockSkew + Duration(1)} {}

  [[nodiscard]] Result<EvaluationReport> run() {
    report_.seed = settings_.bootstrap.seed;
    say("read history", 0);
    MAGPIE_RETURN_IF_ERROR(make_split());
    MAGPIE_ASSIGN_OR_RETURN(
        auto models, train_models(split_.train, *dependencies_.catalogue, dependencies_.indexes, settings_.training,
                                  settings_.two_tower, [this](double done) { say("train", 0.05 + 0.6 * done); }));
    if (const auto heads = fit_response_heads({}, models.ranker.examples); heads.click) {
      report_.click_head = heads.click->quality;
    }
    const auto contenders = Contenders::make(split_.train, std::move(models), settings_.training);
    say("rank", 0.65);
    const std::vector<TestUser> users = sample(split_.test, settings_.most_users);
    MAGPIE_ASSIGN_OR_RETURN(const auto rankings, rank(*contenders, users, std::max(settings_.k, kDeepest)));
    say("measure", 0.85);
    measure({split_, contenders->participants(), users, rankings, contenders->content()}, settings_.k,
            settings_.bootstrap, report_);
    MAGPIE_RETURN_IF_ERROR(estimate_off_policy_clicks(*contenders));
    say("done", 1);
    return std::move(report_);
  }

 private:
  void say(const char* stage, double fraction) const {
    if (progress_) progress_({stage, fraction});
  }

  [[nodiscard]] Result<Interactions> read(TimeWindow window) const {
    return read_interactions(dependencies_.history, window, dependencies_.types);
  }

  Status make_split() {
    MAGPIE_ASSIGN_OR_RETURN(const auto whole, read(window_));
    if (settings_.split == SplitKind::kLeaveOneOut) {
      split_ = leave_one_out(whole);
      report_.split = "leave-one-out";
    } else {
      at_ = settings_.at ? *settings_.at : moment_before_last(whole, settings_.holdout);
      MAGPIE_ASSIGN_OR_RETURN(split_, split_at(*at_, whole, window_, [this](TimeWindow w) { return read(w); }));
      report_.split = "temporal";
      report_.split_at = at_;
    }
    report_.train_interactions = split_.train.preferences.size();
    report_.train_users = split_.train.users.size();
    report_.items = split_.train.items.size();
    report_.test_users = split_.test.size();
    if (split_.train.preferences.empty()) return failed_precondition("there is nothing to train on before the split");
    if (split_.test.empty()) return failed_precondition("there is nothing to test after the split");
    return {};
  }

  // Users are divided among threads; each writes to places of its own.
  [[nodiscard]] Result<std::vector<UserRankings>> rank(const Contenders& contenders, const std::vector<TestUser>& users,
                                                       std::size_t depth) const {
    std::vector<UserRankings> rankings(users.size());
    const std::size_t threads = std::max(1U, settings_.threads);
    std::vector<Status> outcomes(threads);
    const auto rank_every = [&](std::size_t first) {
      for (std::size_t user = first; user < users.size() && outcomes[first].ok(); user += threads) {
        auto ranked = contenders.rank(users[user].train_user, depth);
        outcomes[first] = ranked.status();
        if (ranked.ok()) rankings[user] = std::move(ranked).value();
      }
    };
    {
      std::vector<std::jthread> workers;
      for (std::size_t worker = 1; worker < threads; ++worker) workers.emplace_back(rank_every, worker);
      rank_every(0);
    }
    for (const Status& outcome : outcomes) MAGPIE_RETURN_IF_ERROR(outcome);
    return rankings;
  }

  Status estimate_off_policy_clicks(const Contenders& contenders) {
    OffPolicyResult& result = report_.off_policy;
    if (!at_) {
      result.reason = "only with --split temporal: leave-one-out trains on what happened after most impressions";
      return {};
    }
    MAGPIE_ASSIGN_OR_RETURN(auto logged, read_logged_impressions(dependencies_.history, {*at_, window_.end}));
    if (logged.usable.empty()) {
      result.reason = logged.without_propensity > 0
                          ? "the impressions after the split carry no propensity, position or request"
                          : "no impressions were logged after the split (serving.log_impressions)";
      return {};
    }
    MAGPIE_ASSIGN_OR_RETURN(const auto actions, actions_of(contenders, logged.usable));
    if (actions.empty()) {
      result.reason = "no impression after the split is of a user who was asked for a list";
      return {};
    }
    result.estimate = estimate_off_policy(actions, {.bootstrap = settings_.bootstrap});
    const bool explored = std::any_of(actions.begin(), actions.end(), [](const auto& a) { return a.propensity < 1; });
    if (!explored) {
      result.reason =
          "the logging policy never chose at random (every propensity is 1): IPS is a lower bound, and SNIPS speaks of "
          "the positions where both policies agree";
    }
    return {};
  }

  // The lists of those who were shown something, at most `most_users` of them.
  [[nodiscard]] Result<std::vector<LoggedAction>> actions_of(const Contenders& contenders,
                                                             const std::vector<LoggedImpression>& logged) const {
    std::map<UserId, std::size_t> places;
    std::size_t depth = 1;
    for (const LoggedImpression& impression : logged) {
      places.emplace(impression.user, 0);
      depth = std::max<std::size_t>(depth, impression.position + 1);
    }
    std::vector<TestUser> users;
    for (const auto& [id, place] : places) {
      users.push_back({.id = id, .train_user = find_user(split_.train, id), .relevant = {}});
    }
    users = sample(std::move(users), settings_.most_users);
    places.clear();
    for (const TestUser& user : users) places.emplace(user.id, places.size());
    MAGPIE_ASSIGN_OR_RETURN(const auto rankings, rank(contenders, users, std::min(depth, kLongestList)));
    return logged_actions(logged, split_.train.items, [&](const UserId& user) -> const RankedList* {
      const auto found = places.find(user);
      if (found == places.end()) return nullptr;
      return &rankings[found->second][Contender::kEngine];
    });
  }

  const EvaluationDependencies& dependencies_;
  const EvaluationSettings& settings_;
  const ReportProgress& progress_;
  TimeWindow window_;
  std::optional<Timestamp> at_;  // Of a temporal split.
  EvaluationSplit split_;
  EvaluationReport report_;
};

}  // namespace

Result<EvaluationReport> evaluate(const EvaluationDependencies& dependencies, const EvaluationSettings& settings,
                                  const ReportProgress& progress) {
  MAGPIE_RETURN_IF_ERROR(check(settings));
  return Evaluation(dependencies, settings, progress).run();
}

}  // namespace magpie::batch
