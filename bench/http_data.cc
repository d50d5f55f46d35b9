#include "http_data.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "base/random.h"
#include "tests/process/child_process.h"

namespace magpie::bench {
namespace {

namespace fs = std::filesystem;

constexpr auto kPatience = std::chrono::seconds(1800);

Status command(const HttpSetup& setup, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), setup.magpie.string());
  MAGPIE_ASSIGN_OR_RETURN(const auto finished, tests::run_to_end(arguments, kPatience));
  if (finished.status != 0) return internal_error("magpie " + arguments[1] + " failed: " + finished.output);
  return {};
}

// Built aside and renamed, so that an interrupted run leaves nothing that looks whole.
Status build_journey(const HttpSetup& setup, const fs::path& kept) {
  const fs::path fresh = kept.string() + ".new";
  fs::remove_all(fresh);
  fs::create_directories(fresh);
  MAGPIE_RETURN_IF_ERROR(command(setup, {"import", "--data", fresh.string(), "--layout", "completejourney",
                                         "--rebase-time", "now", "--set", kJourneyWindow, setup.journey.string()}));
  MAGPIE_RETURN_IF_ERROR(command(setup, {"train", "--data", fresh.string(), "--set", kJourneyWindow}));
  fs::rename(fresh, kept);
  return {};
}

}  // namespace

Result<fs::path> journey_data(const HttpSetup& setup, const std::string& name) {
  const fs::path kept = setup.work / "journey";
  if (!fs::exists(kept)) MAGPIE_RETURN_IF_ERROR(build_journey(setup, kept));
  const fs::path copy = setup.work / name;
  fs::remove_all(copy);
  fs::copy(kept, copy, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  return copy;
}

std::vector<std::size_t> zipf_draws(std::size_t bound, std::size_t count, std::uint64_t seed) {
  std::vector<double> cumulative(bound);
  double sum = 0;
  for (std::size_t rank = 0; rank < bound; ++rank) cumulative[rank] = sum += 1.0 / static_cast<double>(rank + 1);
  Random random(seed);
  std::vector<std::size_t> draws(count);
  for (std::size_t& draw : draws) {
    const double at = random.uniform() * sum;
    const auto found = std::ranges::upper_bound(cumulative, at);
    draw = std::min(static_cast<std::size_t>(found - cumulative.begin()), bound - 1);
  }
  return draws;
}

Status write_targets(const fs::path& path, const std::vector<std::string>& targets) {
  std::ofstream file(path);
  for (const std::string& target : targets) file << target << '\n';
  file.close();
  if (!file) return unavailable("cannot write " + path.string());
  return {};
}

std::vector<std::string> recommendation_targets(std::size_t count, const std::string& parameters) {
  std::vector<std::string> targets;
  targets.reserve(count);
  for (const std::size_t user : zipf_draws(kJourneyUsers, count, 11)) {
    targets.push_back("/v1/recommendations?user_id=" + std::to_string(user + 1) + parameters);
  }
  return targets;
}

}  // namespace magpie::bench
