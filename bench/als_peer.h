// Runs another implementation of ALS (als_implicit.py, als_spark.py) and reads what it learnt.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"
#include "kernels/als.h"
#include "model/matrix.h"

namespace magpie::bench {

// See als_parameters.h.
struct PeerParameters {
  std::size_t factors = 0;
  double regularization = 0;
  double alpha = 0;
  std::size_t iterations = 0;
  unsigned threads = 2;
};

// One training: `seconds[k]` and `model(k)` after iteration k + 1, or after all of them.
class PeerRun {
 public:
  // `script` is run by python3; `packages` is what it puts in front of its path. kUnavailable: it failed.
  [[nodiscard]] static Result<PeerRun> run(const std::filesystem::path& script, const std::string& packages,
                                           const SparseMatrix& train, const PeerParameters& parameters,
                                           const std::filesystem::path& folder);

  [[nodiscard]] const std::vector<double>& seconds() const { return seconds_; }
  [[nodiscard]] Result<AlsModel> model(std::size_t k) const;

 private:
  std::filesystem::path folder_;
  std::size_t users_ = 0;
  std::size_t items_ = 0;
  std::size_t factors_ = 0;
  std::vector<double> seconds_;
};

}  // namespace magpie::bench
