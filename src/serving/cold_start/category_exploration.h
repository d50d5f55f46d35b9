// Category exploration: what a new user is shown to find out what they like. Pure but for the draws.
//
// Each position draws a category with a chance proportional to the mean of its Beta posterior, of what the user engaged
// with among what they were shown of it (probability matching: H. Robbins, 1952, with the randomness in closed form, so
// that the chance of every item is known), and one of the category's most popular items evenly. A category that the
// user chose at onboarding begins with a better prior.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/random.h"
#include "model/event_type.h"
#include "model/ids.h"
#include "serving/cold_start/slate.h"
#include "serving/request_context.h"

namespace magpie::serving {

// What the user's own events say of a category.
struct CategoryEvidence {
  CategoryIndex category;
  bool chosen = false;  // At onboarding.
  std::size_t shown = 0;  // Distinct items shown or interacted with.
  std::size_t engaged = 0;  // Those of them with an event of positive weight; at most `shown`.

  // Mean of Beta(1 + engaged, 9 + shown - engaged), and of Beta(3 + engaged, 7 + shown - engaged) where chosen.
  [[nodiscard]] double appeal() const;
};

// The first `most` of: the user's interests, then `others`. With a filter on categories: those requested.
[[nodiscard]] std::vector<CategoryEvidence> categories_to_explore(const RequestContext& context,
                                                                  const EventTypes& types,
                                                                  std::span<const CategoryIndex> interests,
                                                                  std::span<const CategoryIndex> others,
                                                                  std::size_t most);

// Puts up to `count` items on the slate, none twice, none that the slate does not admit; fewer where the categories
// have no more.
void explore_categories(const RequestContext& context, std::span<const CategoryEvidence> categories, std::size_t count,
                        Random& random, Slate& slate, std::vector<MergedCandidate>& picked);

}  // namespace magpie::serving
