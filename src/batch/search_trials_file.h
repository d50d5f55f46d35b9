// The file of a search's finished trials, see docs/formats/parameter_search.md.
// Not thread-safe; one process at a time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"
#include "batch/parameter_search.h"

namespace magpie::batch {

class SearchTrialsFile {
 public:
  // Reads what is there of this very search, up to the first line that is damaged.
  [[nodiscard]] static Result<SearchTrialsFile> open(std::filesystem::path path, const SearchSpace& space,
                                                     const ParameterSearchSettings& settings);

  [[nodiscard]] const std::vector<SearchTrial>& trials() const { return trials_; }
  // As the trial of this number, at most trials().size(), in place of it and all after it. Durable on return.
  [[nodiscard]] Status put(std::size_t number, SearchTrial trial);

 private:
  SearchTrialsFile(std::filesystem::path path, std::string header);

  [[nodiscard]] Status read();

  std::filesystem::path path_;
  std::string header_;  // The first line.
  std::vector<SearchTrial> trials_;
};

}  // namespace magpie::batch
