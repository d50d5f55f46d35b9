// What HTTP benchmarks serve, and whom: The Complete Journey's catalogue, purchases and households.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"
#include "http_bench.h"

namespace magpie::bench {

// A copy, which the caller may change and should remove, of a data directory with the purchases imported (shifted so
// that they end now) and a model trained; that one is made once and kept in setup.work.
[[nodiscard]] Result<std::filesystem::path> journey_data(const HttpSetup& setup, const std::string& name);

// The history window that a year of purchases needs, as a setting.
inline constexpr auto kJourneyWindow = "history.window=400d";
// Households are numbers up to this; 31 of them bought nothing, and are users without a past.
inline constexpr std::size_t kJourneyUsers = 2'500;

// `count` draws of 0 .. bound-1 by a Zipf law with exponent 1.
[[nodiscard]] std::vector<std::size_t> zipf_draws(std::size_t bound, std::size_t count, std::uint64_t seed);

// One request target a line, as the generators read them.
[[nodiscard]] Status write_targets(const std::filesystem::path& path, const std::vector<std::string>& targets);
// Recommendations for users drawn by the Zipf law; `parameters`: "" or what follows, "&n=20".
[[nodiscard]] std::vector<std::string> recommendation_targets(std::size_t count, const std::string& parameters = {});

}  // namespace magpie::bench
