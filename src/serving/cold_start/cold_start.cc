#include "serving/cold_start/cold_start.h"

#include <utility>

#include "base/hash.h"
#include "base/random.h"
#include "serving/cold_start/new_user_answer.h"
#include "serving/cold_start/survey.h"
#include "serving/cold_start/user_experience.h"

namespace magpie::serving {
namespace {

std::vector<CategoryIndex> interests_of(const std::optional<User>& user, const CatalogueSnapshot& catalogue) {
  std::vector<CategoryIndex> interests;
  if (!user) return interests;
  for (const std::string& name : user->interests) {
    if (const auto category = catalogue.find_category(name)) interests.push_back(*category);
  }
  return interests;
}

}  // namespace

ColdStart::Instruments::Instruments(Metrics& metrics)
    : blended(
          metrics.counter("magpie_cold_start_answers_total", "Answers blended for users of whom little is known.")) {
  for (const Source source : {Source::kOnboarding, Source::kExploration}) {
    explored.emplace_back(source, metrics.counter("magpie_explored_items_total", "Items shown to learn from.",
                                                  {{"source", std::string(to_string(source))}}));
  }
}

void ColdStart::Instruments::count(const std::vector<MergedCandidate>& items) {
  for (auto& [source, counter] : explored) {
    std::size_t shown = 0;
    for (const MergedCandidate& item : items) shown += item.sources.contains(source) ? 1 : 0;
    if (shown > 0) counter.add(static_cast<double>(shown));
  }
}

ColdStart::ColdStart(CatalogueStore& catalogue, const ModelHolder& models, const EventTypes& types, const Clock& clock,
                     Metrics& metrics, ColdStartSettings settings)
    : catalogue_(catalogue),
      models_(models),
      types_(types),
      clock_(clock),
      settings_(settings),
      instruments_(metrics),
      board_(std::make_shared<const ExplorationBoard>()) {}

std::shared_ptr<const ExplorationBoard> ColdStart::board() const {
  const std::lock_guard lock(mutex_);
  return board_;
}

void ColdStart::refresh() {
  const auto model = models_.get();
  const Timestamp now = clock_.now();
  {
    const std::lock_guard lock(mutex_);
    if (made_at_ && now - *made_at_ < settings_.interval && made_with_.lock() == model) return;
    made_at_ = now;
    made_with_ = model;
  }
  auto board = std::make_shared<ExplorationBoard>();
  board->categories = survey_categories(model.get(), *catalogue_.snapshot(), settings_.categories);
  const std::lock_guard lock(mutex_);
  board_ = std::move(board);
}

void ColdStart::blend(const RecommendationRequest& request, const RequestContext& context, const RequestId& id,
                      std::size_t max_per_category, Selection& selection) const {
  if (interactions_of(*context.features) >= settings_.blend.established()) return;
  const std::optional<User> user = find_user(request.user);
  const UserExperience experience = experience_of(*context.features, user, clock_.now());
  const auto board = this->board();
  NewUserBlend blend;
  blend.slots = blend_slots(blend_shares(settings_.blend, experience), request.n);
  blend.interests = interests_of(user, *context.catalogue);
  blend.categories = board->categories;
  blend.most_categories = settings_.categories;
  blend.max_per_category = max_per_category;
  Random random(hash64(id.get()));
  selection.items = new_user_answer(context, types_, blend, selection.items, random);
  instruments_.blended.add();
  instruments_.count(selection.items);
}

// A user whom the store cannot tell is one who has said nothing.
std::optional<User> ColdStart::find_user(const UserId& id) const {
  auto user = catalogue_.user(id);
  return user.ok() ? std::optional(std::move(user).value()) : std::nullopt;
}

}  // namespace magpie::serving
