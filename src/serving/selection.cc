#include "serving/selection.h"

#include <unordered_set>
#include <utility>

#include "serving/diversity.h"
#include "serving/popular.h"
#include "serving/scoring.h"

namespace magpie::serving {
namespace {

// How many popular items step 2 looks at for one that the rule lets pass: keeps a catalogue of a single category from
// being read whole on every request.
constexpr std::size_t kMostPassedOver = 2000;

class Selector {
 public:
  Selector(const RequestContext& context, std::vector<MergedCandidate> ranked, std::size_t n,
           std::size_t max_per_category)
      : context_(context),
        ranked_(std::move(ranked)),
        n_(n),
        rule_(*context.catalogue, max_per_category,
              [&context](CategoryIndex category) { return context.eligibility.requested(category); }) {}

  [[nodiscard]] Selection run() && {
    const std::vector<std::size_t> held_back = take_ranked();
    if (lacking() == 0) return std::move(selection_);
    for (const MergedCandidate& candidate : ranked_) known_.insert(candidate.item);
    take_popular(kMostPassedOver, [this](ItemIndex item) { return rule_.take(item); });
    for (const std::size_t position : held_back) {
      if (lacking() == 0) break;
      selection_.items.push_back(ranked_[position]);
    }
    take_popular(~std::size_t{0}, [](ItemIndex) { return true; });
    return std::move(selection_);
  }

 private:
  [[nodiscard]] std::size_t lacking() const { return n_ - selection_.items.size(); }

  [[nodiscard]] std::vector<std::size_t> take_ranked() {
    std::vector<ItemIndex> items;
    items.reserve(ranked_.size());
    for (const MergedCandidate& candidate : ranked_) items.push_back(candidate.item);
    auto [picked, held_back] = pick_diverse(items, n_, rule_);
    selection_.items.reserve(n_);
    for (const std::size_t position : picked) selection_.items.push_back(ranked_[position]);
    return held_back;
  }

  template <typename Passes>
  void take_popular(std::size_t most_seen, Passes passes) {
    if (lacking() == 0) return;
    PopularItems popular(context_);
    std::vector<MergedCandidate> taken;
    for (std::size_t seen = 0; seen < most_seen && taken.size() < lacking(); ++seen) {
      const auto item = popular.next();
      if (!item) break;
      if (known_.contains(*item) || !passes(*item)) continue;
      known_.insert(*item);
      SourceSet source;
      source.insert(Source::kPopular);
      // Popular items come in an order, not with scores.
      taken.push_back({*item, source, -static_cast<float>(taken.size()), 0});
    }
    selection_.fell_back |= !taken.empty();
    score_and_sort(context_, taken);
    selection_.items.insert(selection_.items.end(), taken.begin(), taken.end());
  }

  const RequestContext& context_;
  std::vector<MergedCandidate> ranked_;
  std::size_t n_;
  DiversityRule rule_;
  std::unordered_set<ItemIndex> known_;  // Ranked or taken.
  Selection selection_;
};

}  // namespace

Selection select(const RequestContext& context, std::vector<MergedCandidate> ranked, std::size_t n,
                 std::size_t max_per_category) {
  return Selector(context, std::move(ranked), n, max_per_category).run();
}

}  // namespace magpie::serving
