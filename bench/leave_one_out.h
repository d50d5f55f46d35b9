// The leave-one-out protocol on MovieLens-100k: iterative 5-core, each user's last interaction (by time, then item) is
// the test item and the one before it the validation item; both are withheld from training.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/status.h"

namespace magpie::bench {

struct Interaction {
  std::string user;
  std::string item;
  std::string rating;
  std::int64_t timestamp = 0;  // Seconds.
};

struct Split {
  std::vector<Interaction> train;
  std::map<std::string, std::string> validation;  // user -> item
  std::map<std::string, std::string> test;
};

// `inter`: RecBole's ml-100k.inter.
[[nodiscard]] Result<std::vector<Interaction>> read_interactions(const std::filesystem::path& inter);
[[nodiscard]] std::vector<Interaction> five_core(std::vector<Interaction> interactions);
[[nodiscard]] Split leave_one_out(const std::vector<Interaction>& interactions);

// Writes `rows` in RecBole's layout, and the rows of `items` (ml-100k.item) that `rows` mention.
[[nodiscard]] Status write_interactions(const std::vector<Interaction>& rows, const std::filesystem::path& to);
[[nodiscard]] Status write_items(const std::vector<Interaction>& rows, const std::filesystem::path& items,
                                 const std::filesystem::path& to);

}  // namespace magpie::bench
