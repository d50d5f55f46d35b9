// The ALS benchmarks: wall time to the quality that another implementation reaches at its best, both on two threads of
// this machine in one run. Quality is NDCG@20 on a validation split held out of train (als_data.h), full ranking with
// the train items left out, by one evaluator for all.
//
// A time is that of training alone: reading data and evaluating is in no one's. Ours is that of one call of
// train_als, with the weighting before it, for the smallest number of iterations that reaches the target; the peer's
// is that of its fit() up to the iteration with its best quality.
#pragma once

#include <filesystem>

#include "base/status.h"

namespace magpie::bench {

struct AlsBenchSetup {
  std::filesystem::path data;     // The folder of the data sets.
  std::filesystem::path scripts;  // Of als_implicit.py and als_spark.py.
  std::filesystem::path deps;     // Where tools/deps put implicit and pyspark.
  bool search = false;            // Prints the validation NDCG@20 of grids of parameters instead.
};

// PyPI implicit (conjugate gradients, native): f = 64 and 128, gowalla and a synthetic set of 6 million interactions.
[[nodiscard]] Status als_against_implicit(const AlsBenchSetup& setup);

// Spark MLlib: f = 64 and 128, gowalla.
[[nodiscard]] Status als_against_spark(const AlsBenchSetup& setup);

}  // namespace magpie::bench
