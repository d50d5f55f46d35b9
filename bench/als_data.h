// The data sets of the ALS benchmark, each split into train and validation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/status.h"
#include "interaction_data.h"

namespace magpie::bench {

// A tenth of each user's train items of gowalla held out; the test split is not read into it. kNotFound: it is absent.
[[nodiscard]] Result<InteractionSplit> gowalla_validation(const std::filesystem::path& data);

// 100,000 users, 20,000 items and some 6 million train interactions: popularity falls by a power of the rank, and each
// user draws from a few of many topics, whose items lie near each other in a latent space. The same bytes for the same
// seed.
[[nodiscard]] InteractionSplit synthetic_validation(std::uint64_t seed);

// shape, train.offsets and train.indices, as the peers read them (als_implicit.py).
[[nodiscard]] Status write_train(const SparseMatrix& train, const std::filesystem::path& folder);

}  // namespace magpie::bench
