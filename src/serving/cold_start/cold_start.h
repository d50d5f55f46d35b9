// ColdStart: what is special about users of whom little is known.
//
// Between the ranked answer and its impressions, an answer to a new user is blended (blend_policy.h,
// new_user_answer.h). The draws of a request are seeded by its id: whoever knows the id can repeat them.
// What a request reads beside its context is a board, made anew in the background by refresh().
// Thread-safe. An answer is never shorter for it.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "model/event_type.h"
#include "model/recommendation.h"
#include "ports/catalogue_store.h"
#include "serving/cold_start/blend_policy.h"
#include "serving/model_holder.h"
#include "serving/request_context.h"
#include "serving/selection.h"

namespace magpie::serving {

struct ColdStartSettings {
  BlendPolicy blend;
  std::size_t categories = 10;  // Explored for a new user.
  Duration interval = std::chrono::seconds(5);  // Between two boards.
};

// What requests explore. Immutable.
struct ExplorationBoard {
  std::vector<CategoryIndex> categories;  // As the survey orders them.
};

class ColdStart {
 public:
  // All references must outlive this.
  ColdStart(CatalogueStore& catalogue, const ModelHolder& models, const EventTypes& types, const Clock& clock,
            Metrics& metrics, ColdStartSettings settings);

  // Makes a new board where the last one is older than the interval, or of another model. For a background thread.
  void refresh();
  // Never null; empty before the first refresh().
  [[nodiscard]] std::shared_ptr<const ExplorationBoard> board() const;

  // Blends the answer in `selection` where its user is new. Reads the user's profile then, and only then.
  void blend(const RecommendationRequest& request, const RequestContext& context, const RequestId& id,
             std::size_t max_per_category, Selection& selection) const;

 private:
  struct Instruments {
    explicit Instruments(Metrics& metrics);
    void count(const std::vector<MergedCandidate>& items);
    Counter blended;
    std::vector<std::pair<Source, Counter>> explored;
  };

  [[nodiscard]] std::optional<User> find_user(const UserId& id) const;

  CatalogueStore& catalogue_;
  const ModelHolder& models_;
  const EventTypes& types_;
  const Clock& clock_;
  const ColdStartSettings settings_;
  mutable Instruments instruments_;

  mutable std::mutex mutex_;
  std::shared_ptr<const ExplorationBoard> board_;  // Guarded by mutex_, as all below.
  std::weak_ptr<const ServingModel> made_with_;
  std::optional<Timestamp> made_at_;
};

}  // namespace magpie::serving
