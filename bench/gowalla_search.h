// How the parameters of the gowalla benchmark are chosen: on validation, never on test.
#pragma once

#include "base/status.h"
#include "interaction_data.h"

namespace magpie::bench {

// Prints the validation metrics of a grid about the parameters in use, on every third user (an inverse of a third of
// the order, a twenty-seventh of the time); then those of blends of the models that all users train.
[[nodiscard]] Status search_gowalla(const InteractionSplit& validation);

}  // namespace magpie::bench
