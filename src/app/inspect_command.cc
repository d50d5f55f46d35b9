// magpie inspect user|item|model: what the engine knows.

#include <cstdio>

#include "app/command.h"
#include "app/server_connection.h"

namespace magpie::app {
namespace {

using nlohmann::json;

// Long arrays of numbers (embeddings) tell a person nothing: their beginning and length do.
json abridged(json value) {
  constexpr std::size_t kShown = 8;
  if (value.is_object()) {
    for (auto& [name, member] : value.items()) member = abridged(std::move(member));
  }
  if (value.is_array() && value.size() > kShown && value.front().is_number()) {
    const auto size = value.size();
    value.erase(value.begin() + kShown, value.end());
    value.push_back("... " + std::to_string(size) + " numbers");
  }
  return value;
}

class InspectCommand final : public Command {
 public:
  explicit InspectCommand(CLI::App& parent)
      : Command(parent, "inspect", "Show what the engine knows of a user, an item, or its models",
                "  magpie inspect user 42 --data d     # profile, real-time features, daily features\n"
                "  magpie inspect item sku-7 --data d  # the item and its nearest neighbours\n"
                "  magpie inspect model --data d       # versions, data windows, parameters, metrics\n") {
    app().add_option("what", what_, "user, item or model")->required()->check(CLI::IsMember({"user", "item", "model"}));
    app().add_option("id", id_, "Which user or item")->type_name("ID");
  }

 private:
  Status run(const Settings& settings) override {
    if (what_ != "model" && id_.empty()) return invalid_argument("id", "which " + what_ + "?");
    MAGPIE_ASSIGN_OR_RETURN(const auto server, ServerConnection::open(data(), settings));
    MAGPIE_ASSIGN_OR_RETURN(const auto shown, what_ == "model"  ? server->get("/v1/models")
                                              : what_ == "user" ? user(*server)
                                                                : item(*server));
    std::printf("%s\n", abridged(shown).dump(2).c_str());
    return server->finish();
  }

  // A user with events but no profile is a user too.
  [[nodiscard]] Result<json> user(ServerConnection& server) const {
    const auto path = "/v1/users/" + percent_encode(id_);
    MAGPIE_ASSIGN_OR_RETURN(auto features, server.get(path + "/features"));
    json shown{{"features", std::move(features)}};
    auto profile = server.get(path);
    if (profile.ok()) shown["profile"] = std::move(*profile);
    if (!profile.ok() && profile.error().code() != ErrorCode::kNotFound) return profile.error();
    return shown;
  }

  [[nodiscard]] Result<json> item(ServerConnection& server) const {
    const auto path = "/v1/items/" + percent_encode(id_);
    MAGPIE_ASSIGN_OR_RETURN(auto item, server.get(path));
    MAGPIE_ASSIGN_OR_RETURN(auto similar, server.get(path + "/similar"));
    return json{{"item", std::move(item)}, {"similar", similar.value("items", json::array())}};
  }

  std::string what_;
  std::string id_;
};

}  // namespace

std::unique_ptr<Command> make_inspect_command(CLI::App& parent) { return std::make_unique<InspectCommand>(parent); }

}  // namespace magpie::app
