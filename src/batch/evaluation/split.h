// Splits of history: what is trained on, and what the trained are asked to predict.
//
//   leave-one-out  each user's last liked item is asked for; everything older is trained on. (X. He et al.: Neural
//                  Collaborative Filtering, WWW 2017.) Every user counts, but models see other users' later events.
//   temporal       what lies before one moment is trained on, what each user turned to after it is asked for: as a
//   model
//                  that is trained once and then serves.
// The items of both are those of the whole window: one that first appears later is there, without interactions.
// Pure, deterministic.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "batch/interactions.h"

namespace magpie::batch {

enum class SplitKind { kLeaveOneOut, kTemporal };

struct TestUser {
  UserId id;
  std::optional<std::size_t> train_user;  // In train.users; nothing: a user of whom nothing was trained on.
  std::vector<std::uint32_t> relevant;    // Rows that they liked, ascending; never one that they had before.
  std::uint32_t next = 0;                 // The first of these in time, ties by lower row.
};

struct EvaluationSplit {
  Interactions train;
  std::vector<TestUser> test;  // Ascending by id.
};

// Their place among the users that were trained on; nothing for others.
[[nodiscard]] std::optional<std::size_t> find_user(const Interactions& train, const UserId& id);

[[nodiscard]] EvaluationSplit leave_one_out(const Interactions& whole);

// The interactions of a window of time.
using ReadWindow = std::function<Result<Interactions>(TimeWindow)>;
// Errors: those of `read`.
[[nodiscard]] Result<EvaluationSplit> split_at(Timestamp at, const Interactions& whole, TimeWindow window,
                                               const ReadWindow& read);

// The moment that has about `share` of the interactions after it (of an item's repeated ones, the newest).
[[nodiscard]] Timestamp moment_before_last(const Interactions& whole, double share);

}  // namespace magpie::batch
