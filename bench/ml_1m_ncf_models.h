// The models of the ml-1m-ncf benchmark and their blend. Everything in them was chosen on validation (hold_out).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/matrix.h"
#include "scoring_model.h"

namespace magpie::bench {

struct BlendedModel {
  std::string name;
  double weight = 0;  // Of its standardized scores in the blend.
  std::function<Result<ScoringModel>(const SparseMatrix& train)> fit;
};

[[nodiscard]] std::vector<BlendedModel> ml_1m_ncf_blend();

// A grid about the models in use, of weight 0; `search` measures them.
[[nodiscard]] std::vector<BlendedModel> ml_1m_ncf_grid();

}  // namespace magpie::bench
