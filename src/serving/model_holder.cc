#include "serving/model_holder.h"

#include <utility>

#include "serving/canary_assignment.h"

namespace magpie::serving {
namespace {

ModelVersion version_of(const ServingModel* model) { return model == nullptr ? ModelVersion(0) : model->version(); }

ModelVersion canary_version_of(const ModelLineup& lineup) {
  return lineup.canary ? version_of(lineup.canary->model.get()) : ModelVersion(0);
}

bool same_versions(const ModelLineup& a, const ModelLineup& b) {
  return version_of(a.production.model.get()) == version_of(b.production.model.get()) &&
         canary_version_of(a) == canary_version_of(b);
}

}  // namespace

std::string_view to_string(ModelRole role) { return role == ModelRole::kCanary ? "canary" : "production"; }

ModelRole ModelLineup::role_for(const UserId& user) const {
  const bool chosen = canary && is_canary_user(user, canary->model->version(), canary_share);
  return chosen ? ModelRole::kCanary : ModelRole::kProduction;
}

ModelHolder::ModelHolder() { set(nullptr); }

std::shared_ptr<const ModelLineup> ModelHolder::lineup() const {
  const std::lock_guard lock(mutex_);
  return lineup_;
}

void ModelHolder::set(std::shared_ptr<const ServingModel> production, std::shared_ptr<const ServingModel> canary,
                      double canary_share) {
  auto next = std::make_shared<ModelLineup>();
  next->production = {std::move(production), std::make_shared<ModelTraffic>()};
  if (canary != nullptr) next->canary = ServedModel{std::move(canary), std::make_shared<ModelTraffic>()};
  next->canary_share = canary_share;
  std::shared_ptr<const ModelLineup> last;  // Its models, if these were their last owners, are freed after the lock.
  const std::lock_guard lock(mutex_);
  if (lineup_ != nullptr && same_versions(*lineup_, *next)) {
    next->production.traffic = lineup_->production.traffic;
    if (next->canary) next->canary->traffic = lineup_->canary->traffic;
  }
  last = std::exchange(lineup_, std::move(next));
}

}  // namespace magpie::serving
