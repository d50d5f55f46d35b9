#include "model/recommendation.h"

namespace magpie {

std::string_view to_string(Source source) {
  switch (source) {
    case Source::kCollaborative: return "collaborative";
    case Source::kItemToItem: return "item_to_item";
    case Source::kContent: return "content";
    case Source::kTrending: return "trending";
    case Source::kPopular: return "popular";
    case Source::kOnboarding: return "onboarding";
    case Source::kExploration: return "exploration";
  }
  return "unknown";
}

}  // namespace magpie
