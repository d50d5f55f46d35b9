#include "serving/cold_start/new_user_answer.h"

#include <algorithm>

#include "serving/cold_start/category_exploration.h"
#include "serving/cold_start/slate.h"
#include "serving/popular.h"
#include "serving/scoring.h"

namespace magpie::serving {
namespace {

// Popular items looked at for those that a category has room for.
constexpr std::size_t kMostPassedOver = 200;

class Blender {
 public:
  Blender(const RequestContext& context, const NewUserBlend& blend, std::span<const MergedCandidate> personalised)
      : context_(context), blend_(blend), ranked_(personalised), slate_(context, blend.max_per_category) {}

  [[nodiscard]] std::vector<MergedCandidate> run(const EventTypes& types, Random& random) && {
    take_personalised(blend_.slots.personalised);
    const auto categories =
        categories_to_explore(context_, types, blend_.interests, blend_.categories, blend_.most_categories);
    explore_categories(context_, categories, blend_.slots.exploration, random, slate_, exploration_);
    take_popular(blend_.slots.exploration - exploration_.size() + blend_.slots.popular);
    take_personalised(lacking());
    score(exploration_);
    score(popular_);
    return interleave_parts(exploration_, popular_, personalised_);
  }

 private:
  [[nodiscard]] std::size_t lacking() const {
    return blend_.slots.exploration + blend_.slots.popular + blend_.slots.personalised - exploration_.size() -
           popular_.size() - personalised_.size();
  }

  // The ranked items have passed the rule of categories among themselves.
  void take_personalised(std::size_t count) {
    for (const MergedCandidate& candidate : ranked_) {
      if (count == 0) return;
      if (slate_.contains(candidate.item)) continue;
      slate_.add(candidate.item);
      personalised_.push_back(candidate);
      --count;
    }
  }

  void take_popular(std::size_t count) {
    if (context_.model != nullptr && !context_.eligibility.filters_categories()) take_of_interests(count);
    PopularItems popular(context_);
    for (std::size_t seen = 0; seen < kMostPassedOver && popular_.size() < count; ++seen) {
      const auto item = popular.next();
      if (!item) return;
      if (slate_.admits(*item)) add_popular(*item, std::nullopt);
    }
  }

  // By turns, the best of each that has one left.
  void take_of_interests(std::size_t count) {
    for (std::size_t rank = 0; rank < kMostPassedOver && popular_.size() < count; ++rank) {
      bool any = false;
      for (const CategoryIndex interest : blend_.interests) {
        const auto items = context_.model->popular_in(interest);
        if (rank >= items.size()) continue;
        any = true;
        if (popular_.size() < count && slate_.admits(items[rank])) add_popular(items[rank], interest);
      }
      if (!any) return;
    }
  }

  void add_popular(ItemIndex item, std::optional<CategoryIndex> interest) {
    slate_.add(item);
    MergedCandidate candidate{item, {}};
    candidate.sources.insert(Source::kPopular);
    candidate.explored = interest;
    popular_.push_back(candidate);
  }

  // The ranker's scores, for whoever reads them; the order stays.
  void score(std::vector<MergedCandidate>& part) const {
    std::vector<MergedCandidate> scored = part;
    score_and_sort(context_, scored);
    for (MergedCandidate& candidate : part) {
      candidate.score = std::find_if(scored.begin(), scored.end(), [&](const MergedCandidate& other) {
                          return other.item == candidate.item;
                        })->score;
    }
  }

  const RequestContext& context_;
  const NewUserBlend& blend_;
  std::span<const MergedCandidate> ranked_;
  Slate slate_;
  std::vector<MergedCandidate> exploration_;
  std::vector<MergedCandidate> popular_;
  std::vector<MergedCandidate> personalised_;
};

}  // namespace

std::vector<MergedCandidate> new_user_answer(const RequestContext& context, const EventTypes& types,
                                             const NewUserBlend& blend, std::span<const MergedCandidate> personalised,
                                             Random& random) {
  return Blender(context, blend, personalised).run(types, random);
}

}  // namespace magpie::serving
