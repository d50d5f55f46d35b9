#include "ml_1m_ncf_data.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "interaction_data.h"
#include "number_lines.h"

namespace magpie::bench {
namespace {

constexpr std::size_t kNegatives = 99;
constexpr std::size_t kHeldOutOf = 20;  // One item in so many, and at least one.

constexpr std::string_view kSeparators = "\t(),";

using Row = std::vector<std::uint32_t>;

bool contains(std::span<const std::uint32_t> ascending, std::uint32_t item) {
  return std::binary_search(ascending.begin(), ascending.end(), item);
}

// Distinct items that the user has not; all of those where there are no more.
Row draw_negatives(std::span<const std::uint32_t> known, std::size_t items, Random& random) {
  const std::size_t wanted = std::min(kNegatives, items - known.size());
  Row drawn;
  while (drawn.size() < wanted) {
    const auto item = static_cast<std::uint32_t>(random.below(items));
    if (!contains(known, item) && std::find(drawn.begin(), drawn.end(), item) == drawn.end()) drawn.push_back(item);
  }
  return drawn;
}

}  // namespace

Result<LeaveOneOutData> read_ml_1m_ncf(const std::filesystem::path& folder) {
  MAGPIE_ASSIGN_OR_RETURN(const auto train, read_number_lines(folder / "train.tsv.xz", kSeparators, 2));
  MAGPIE_ASSIGN_OR_RETURN(const auto tests, read_number_lines(folder / "test.rating.xz", kSeparators, 2));
  MAGPIE_ASSIGN_OR_RETURN(const auto negatives, read_number_lines(folder / "test.negative.xz", kSeparators, 2));
  if (tests.size() != negatives.size()) return data_loss("test.rating and test.negative differ in length");
  LeaveOneOutData data;
  std::uint32_t items = 0;
  for (const Row& row : train) items = std::max(items, row[1] + 1);
  for (std::size_t i = 0; i < tests.size(); ++i) {
    // A line of negatives starts with the pair of the test.
    LeaveOneOutCase one{tests[i][0], tests[i][1], {negatives[i].begin() + 2, negatives[i].end()}};
    if (one.user != i || negatives[i][0] != i || negatives[i][1] != one.item) return data_loss("users out of order");
    std::erase(one.negatives, one.item);
    items = std::max(items, one.item + 1);
    for (const std::uint32_t item : one.negatives) items = std::max(items, item + 1);
    data.cases.push_back(std::move(one));
  }
  std::vector<Row> items_of_users(data.cases.size());
  for (const Row& row : train) {
    if (row[0] >= items_of_users.size()) return data_loss("a user without test");
    items_of_users[row[0]].push_back(row[1]);
  }
  data.train = matrix_of(std::move(items_of_users), data.cases.size(), items);
  return data;
}

LeaveOneOutData hold_out(const SparseMatrix& train, std::uint64_t seed) {
  Random random(seed);
  LeaveOneOutData data;
  std::vector<Row> kept(train.rows());
  for (std::uint32_t user = 0; user < train.rows(); ++user) {
    const auto known = train.row_indices(user);
    Row& rest = kept[user];
    rest.assign(known.begin(), known.end());
    for (std::size_t i = rest.size(); i > 1; --i) std::swap(rest[i - 1], rest[random.below(i)]);
    const std::size_t held_out = std::min(rest.size(), std::max<std::size_t>(1, rest.size() / kHeldOutOf));
    for (std::size_t i = 0; i < held_out; ++i) {
      const std::uint32_t item = rest.back();
      rest.pop_back();
      data.cases.push_back(
          {user, item, draw_negatives(known, train.columns, random), 1 / static_cast<double>(held_out)});
    }
  }
  data.train = matrix_of(std::move(kept), train.rows(), train.columns);
  return data;
}

}  // namespace magpie::bench
