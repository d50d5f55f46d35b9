// magpie recommend: a user's recent items beside what is recommended to them, with the reason for each.

#include <algorithm>
#include <cstdio>

#include "app/command.h"
#include "app/server_connection.h"
#include "app/text_table.h"

namespace magpie::app {
namespace {

using nlohmann::json;

constexpr std::size_t kRecentWidth = 36;
constexpr std::size_t kRecommendedWidth = 40;

std::string title_of(const json& item) {
  const auto title = item.value("title", std::string());
  return title.empty() ? item.value("id", std::string()) : title;
}

json array_in(const json& object, const char* name) { return object.value(name, json::array()); }

class RecommendCommand final : public Command {
 public:
  explicit RecommendCommand(CLI::App& parent)
      : Command(parent, "recommend", "Recommend to a user, with the reasons",
                "  magpie recommend --data d --user 42\n"
                "  magpie recommend --data d --user 42 -n 5 --category Comedy --category Drama\n"
                "  magpie recommend --data d --user 42 --item sku-7   # while looking at sku-7\n"
                "  magpie recommend --data d --user 42 --json         # the server's answer as it is\n") {
    app().add_option("--user", user_, "Whom to recommend to")->required()->type_name("ID");
    app().add_option("-n", n_, "How many items")->check(CLI::Range(1, 100))->capture_default_str();
    app()
        .add_option("--category", categories_, "Only items of this category (repeatable: any of them)")
        ->allow_extra_args(false);
    app().add_option("--exclude", excluded_, "Not this item (repeatable)")->type_name("ID")->allow_extra_args(false);
    app().add_option("--item", item_, "The item that the user is looking at")->type_name("ID");
    app().add_flag("--json", json_, "Print the server's answer instead of a table");
  }

 private:
  [[nodiscard]] std::string target() const {
    auto target =
        "/v1/recommendations?explain=true&surface=cli&user_id=" + percent_encode(user_) + "&n=" + std::to_string(n_);
    for (const auto& category : categories_) target += "&category=" + percent_encode(category);
    for (const auto& item : excluded_) target += "&exclude=" + percent_encode(item);
    if (!item_.empty()) target += "&item_id=" + percent_encode(item_);
    return target;
  }

  Status run(const Settings& settings) override {
    MAGPIE_ASSIGN_OR_RETURN(const auto server, ServerConnection::open(data(), settings));
    MAGPIE_ASSIGN_OR_RETURN(const auto answer, server->get(target()));
    if (json_) {
      std::printf("%s\n", answer.dump(2).c_str());
    } else {
      MAGPIE_ASSIGN_OR_RETURN(const auto features, server->get("/v1/users/" + percent_encode(user_) + "/features"));
      print(answer, array_in(features, "recent_items"));
    }
    return server->finish();
  }

  void print(const json& answer, const json& recent) const {
    const auto version = answer.value("model_version", 0ULL);
    std::printf("user %s, %s%s\n", user_.c_str(),
                version == 0 ? "no model yet" : ("model v" + std::to_string(version)).c_str(),
                answer.value("degraded", false) ? ", degraded" : "");
    std::printf("%s %s %s\n", cell("RECENTLY", kRecentWidth).c_str(),
                cell("RECOMMENDED", kRecommendedWidth + 4).c_str(), "WHY");
    const auto items = array_in(answer, "items");
    for (std::size_t row = 0; row < std::max(items.size(), std::min(recent.size(), n_)); ++row) {
      std::string recommended;
      std::string reason;
      if (row < items.size()) {
        const auto rank = std::to_string(row + 1);
        recommended = std::string(3 - std::min<std::size_t>(rank.size(), 3), ' ') + rank + " " + title_of(items[row]);
        reason = items[row].value("reason", std::string());
      }
      const auto known = row < recent.size() ? title_of(recent[row]) : std::string();
      std::printf("%s %s %s\n", cell(known, kRecentWidth).c_str(), cell(recommended, kRecommendedWidth + 4).c_str(),
                  reason.c_str());
    }
  }

  std::string user_;
  std::size_t n_ = 10;
  std::vector<std::string> categories_;
  std::vector<std::string> excluded_;
  std::string item_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_recommend_command(CLI::App& parent) { return std::make_unique<RecommendCommand>(parent); }

}  // namespace magpie::app
