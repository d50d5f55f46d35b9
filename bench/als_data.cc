#include "als_data.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <span>
#include <vector>

#include "base/random.h"

namespace magpie::bench {
namespace {

constexpr double kValidationShare = 0.1;
constexpr std::uint64_t kValidationSeed = 7;

constexpr std::size_t kUsers = 100'000;
constexpr std::size_t kItems = 20'000;
constexpr double kMeanItems = 66.7;  // Of a user, held out ones included: the logarithms are normal.
constexpr double kItemsSpread = 0.7;
constexpr std::size_t kFewest = 10;
constexpr std::size_t kMost = 1000;
constexpr std::size_t kLatent = 16;
constexpr std::size_t kTopics = 400;
constexpr std::size_t kTopicsOfUser = 5;
constexpr double kSharpness = 2.0;        // Deviation of the logarithm of an item's weight in a topic.
constexpr double kPopularityPower = 0.8;  // Of the rank.

using Point = std::vector<double>;

std::vector<Point> normal_points(std::size_t count, Random& random) {
  std::vector<Point> points(count, Point(kLatent));
  for (Point& point : points) std::ranges::generate(point, [&] { return random.normal(); });
  return points;
}

// Cumulative weights of the items in each topic.
std::vector<std::vector<double>> make_topics(Random& random) {
  const auto items = normal_points(kItems, random);
  std::vector<std::vector<double>> topics;
  for (const Point& topic : normal_points(kTopics, random)) {
    std::vector<double> cumulative(kItems);
    double sum = 0;
    for (std::size_t item = 0; item < kItems; ++item) {
      double affinity = 0;
      for (std::size_t k = 0; k < kLatent; ++k) affinity += topic[k] * items[item][k];
      const double popularity = std::pow(static_cast<double>(item) + 10, -kPopularityPower);
      sum += popularity * std::exp(kSharpness * affinity / std::sqrt(static_cast<double>(kLatent)));
      cumulative[item] = sum;
    }
    topics.push_back(std::move(cumulative));
  }
  return topics;
}

std::uint32_t draw(const std::vector<double>& cumulative, Random& random) {
  const double at = random.uniform() * cumulative.back();
  const auto found = std::ranges::upper_bound(cumulative, at);
  return static_cast<std::uint32_t>(std::min(found - cumulative.begin(), std::ptrdiff_t{kItems - 1}));
}

std::size_t item_count(Random& random) {
  const double logarithm = std::log(kMeanItems) - kItemsSpread * kItemsSpread / 2 + kItemsSpread * random.normal();
  return std::clamp(static_cast<std::size_t>(std::exp(logarithm)), kFewest, kMost);
}

// Distinct items, ascending; a few fewer than drawn where a topic is exhausted.
std::vector<std::uint32_t> items_of_user(const std::vector<std::vector<double>>& topics, Random& random) {
  std::vector<std::size_t> own(kTopicsOfUser);
  std::ranges::generate(own, [&] { return random.below(kTopics); });
  const std::size_t count = item_count(random);
  std::vector<std::uint32_t> items;
  for (int round = 0; round < 4 && items.size() < count; ++round) {
    while (items.size() < count) items.push_back(draw(topics[own[random.below(kTopicsOfUser)]], random));
    std::ranges::sort(items);
    const auto repeated = std::ranges::unique(items);
    items.erase(repeated.begin(), repeated.end());
  }
  return items;
}

template <typename T>
Status write_binary(std::span<const T> values, const std::filesystem::path& path) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size_bytes()));
  if (!file.flush()) return unavailable("cannot write " + path.string());
  return {};
}

}  // namespace

Result<InteractionSplit> gowalla_validation(const std::filesystem::path& data) {
  const auto folder = data / "gowalla";
  if (!std::filesystem::exists(folder)) return not_found(folder.string() + " is absent");
  MAGPIE_ASSIGN_OR_RETURN(const InteractionSplit official, read_interaction_split(folder));
  return split_at_random(official.train, kValidationShare, kValidationSeed);
}

InteractionSplit synthetic_validation(std::uint64_t seed) {
  Random random(seed);
  const auto topics = make_topics(random);
  SparseMatrix all;
  all.columns = kItems;
  for (std::size_t user = 0; user < kUsers; ++user) {
    const auto items = items_of_user(topics, random);
    all.indices.insert(all.indices.end(), items.begin(), items.end());
    all.offsets.push_back(all.indices.size());
  }
  all.values.assign(all.indices.size(), 1.0F);
  return split_at_random(all, kValidationShare, kValidationSeed);
}

Status write_train(const SparseMatrix& train, const std::filesystem::path& folder) {
  std::ofstream(folder / "shape") << train.rows() << ' ' << train.columns << '\n';
  MAGPIE_RETURN_IF_ERROR(write_binary<std::uint64_t>(train.offsets, folder / "train.offsets"));
  return write_binary<std::uint32_t>(train.indices, folder / "train.indices");
}

}  // namespace magpie::bench
