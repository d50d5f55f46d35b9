#include "batch/rollout_metrics.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.h"

namespace magpie::batch {
namespace {

// What came of the recommendations to one user.
struct UserCounts {
  double impressions = 0;
  double clicks = 0;
  double purchases = 0;
};

// The users of one version, in the order of their first impression.
class Arm {
 public:
  explicit Arm(ModelVersion version) : version_(version) {}

  [[nodiscard]] ModelVersion version() const { return version_; }
  [[nodiscard]] std::size_t position_of(const UserId& user) {
    const auto [found, added] = positions_.try_emplace(hash64(user.get()), users_.size());
    if (added) users_.emplace_back();
    return found->second;
  }
  [[nodiscard]] UserCounts& at(std::size_t position) { return users_[position]; }

  [[nodiscard]] Engagement engagement() const {
    Engagement sums;
    for (const UserCounts& user : users_) {
      sums.clicks.add(user.clicks, user.impressions);
      sums.purchases.add(user.purchases, user.impressions);
    }
    return sums;
  }

 private:
  ModelVersion version_;
  std::vector<UserCounts> users_;
  std::unordered_map<std::uint64_t, std::size_t> positions_;
};

std::uint64_t key_of(const Event& event) { return hash64(event.request.get() + '\0' + event.item.get()); }

class Attribution {
 public:
  Attribution(ModelVersion control, ModelVersion canary) : control_(control), canary_(canary) {}

  void add(const Event& event) {
    if (event.request.get().empty()) return;
    if (event.type == kImpression) add_impression(event);
    if (event.type == kClick || event.type == kPurchase) outcomes_.emplace_back(key_of(event), event.type);
  }

  // Outcomes last: a client's clock may put a click before its impression.
  [[nodiscard]] EngagementPair finish() {
    for (const auto& [key, type] : outcomes_) {
      if (const auto shown = shown_.find(key); shown != shown_.end()) attribute(shown->second, type);
    }
    return {control_.engagement(), canary_.engagement()};
  }

 private:
  struct Shown {
    Arm* arm;
    std::size_t user;
    bool clicked = false;
    bool purchased = false;
  };

  void add_impression(const Event& event) {
    Arm* const arm = event.model_version == canary_.version()    ? &canary_
                     : event.model_version == control_.version() ? &control_
                                                                 : nullptr;
    if (arm == nullptr) return;
    const std::size_t user = arm->position_of(event.user);
    if (shown_.try_emplace(key_of(event), Shown{arm, user}).second) ++arm->at(user).impressions;
  }

  static void attribute(Shown& shown, EventType type) {
    UserCounts& user = shown.arm->at(shown.user);
    if (type == kClick && !std::exchange(shown.clicked, true)) ++user.clicks;
    if (type == kPurchase && !std::exchange(shown.purchased, true)) ++user.purchases;
  }

  Arm control_;
  Arm canary_;
  std::unordered_map<std::uint64_t, Shown> shown_;
  std::vector<std::pair<std::uint64_t, EventType>> outcomes_;
};

}  // namespace

Result<EngagementPair> read_engagement(HistoryStore& history, TimeWindow window, ModelVersion control,
                                       ModelVersion canary) {
  Attribution attribution(control, canary);
  MAGPIE_RETURN_IF_ERROR(history.scan(window, [&](std::span<const Event> events) {
    for (const Event& event : events) attribution.add(event);
    return ok_status();
  }));
  return attribution.finish();
}

}  // namespace magpie::batch
