// Batch features as a file: what combining has computed of each user, for the upload to load under the version that it
// gets (docs/formats/pipeline_run.md). Written and read in pieces: neither holds all users in memory.
// Thread-safety: one writer or one reader a file at a time.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "base/status.h"
#include "model/ids.h"
#include "model/user_features.h"

namespace magpie::batch {

class BatchFeaturesWriter {
 public:
  // Replaces what is there.
  explicit BatchFeaturesWriter(const std::filesystem::path& file);

  void add(const UserId& user, const BatchFeatures& features);
  // Nothing is sure to be written before. kResourceExhausted where the disk is full.
  [[nodiscard]] Status finish();

 private:
  const std::filesystem::path path_;
  std::ofstream file_;
  std::string features_;  // Buffers.
  std::string record_;
};

using UserBatchFeatures = std::pair<UserId, BatchFeatures>;
// In pieces of at most `piece` users, in the order written. `fraction` is how much was read with this piece.
using VisitBatchFeatures = std::function<Status(std::span<UserBatchFeatures> users, double fraction)>;
// kDataLoss where it is damaged.
[[nodiscard]] Status read_batch_features(const std::filesystem::path& file, std::size_t piece,
                                         const VisitBatchFeatures& visit);

}  // namespace magpie::batch
