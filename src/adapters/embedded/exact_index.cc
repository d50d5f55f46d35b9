#include "adapters/embedded/exact_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace magpie::embedded {
namespace {

constexpr std::uint32_t kMagic = 0x5856454d;  // "MEVX"
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kLanes = 16;

// Independent sums, so that the compiler may use vector instructions without changing any rounding: the result is the
// same at every width.
float inner_product(const float* a, const float* b, std::size_t size) {
  std::array<float, kLanes> sums{};
  std::size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  for (std::size_t lane = 0; i < size; ++i, ++lane) sums[lane] += a[i] * b[i];
  float sum = 0;
  for (const float lane : sums) sum += lane;
  return sum;
}

bool better(const Neighbour& a, const Neighbour& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
}

bool all_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

class ExactIndex final : public VectorIndex {
 public:
  explicit ExactIndex(Matrix rows) : rows_(std::move(rows)) {}

  [[nodiscard]] std::size_t size() const override { return rows_.rows; }
  [[nodiscard]] std::size_t dimensions() const override { return rows_.columns; }
  [[nodiscard]] Result<std::vector<Neighbour>> search(std::span<const float> query, std::size_t k) const override;
  [[nodiscard]] Result<std::string> serialize() const override;

 private:
  Matrix rows_;
};

Result<std::vector<Neighbour>> ExactIndex::search(std::span<const float> query, std::size_t k) const {
  if (query.size() != dimensions()) {
    return invalid_argument(
        "query", "has " + std::to_string(query.size()) + " dimensions instead of " + std::to_string(dimensions()));
  }
  if (!all_finite(query)) return invalid_argument("query", "must be finite");
  // A heap whose top is the worst of the best k so far.
  std::vector<Neighbour> best;
  best.reserve(std::min(k, size()));
  for (std::uint32_t row = 0; k > 0 && row < size(); ++row) {
    const Neighbour candidate{row, inner_product(query.data(), rows_.row(row).data(), query.size())};
    if (best.size() < k) {
      best.push_back(candidate);
      std::ranges::push_heap(best, better);
    } else if (better(candidate, best.front())) {
      std::ranges::pop_heap(best, better);
      best.back() = candidate;
      std::ranges::push_heap(best, better);
    }
  }
  std::ranges::sort_heap(best, better);
  return best;
}

Result<std::string> ExactIndex::serialize() const {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.number(kMagic);
  writer.number(kVersion);
  writer.number(static_cast<std::uint64_t>(rows_.rows));
  writer.number(static_cast<std::uint64_t>(rows_.columns));
  writer.array(std::span<const float>(rows_.values));
  return bytes;
}

}  // namespace

Result<std::unique_ptr<VectorIndex>> ExactIndexFactory::build(const Matrix& rows) const {
  if (!all_finite(rows.values)) return invalid_argument("rows", "must be finite");
  return std::unique_ptr<VectorIndex>(std::make_unique<ExactIndex>(rows));
}

Result<std::unique_ptr<VectorIndex>> ExactIndexFactory::load(std::string_view bytes) const {
  ByteReader reader(bytes);
  MAGPIE_RETURN_IF_ERROR(expect_format(reader, kMagic, kVersion));
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(rows));
  MAGPIE_RETURN_IF_ERROR(reader.number(columns));
  const std::uint64_t floats = reader.remaining() / sizeof(float);
  if (columns != 0 && rows > floats / columns) return data_loss("the exact index ends too early");
  Matrix matrix;
  MAGPIE_RETURN_IF_ERROR(reader.array(rows * columns, matrix.values));
  MAGPIE_RETURN_IF_ERROR(reader.finish());
  matrix.rows = static_cast<std::size_t>(rows);
  matrix.columns = static_cast<std::size_t>(columns);
  if (!all_finite(matrix.values)) return data_loss("the exact index holds a value that is not finite");
  return std::unique_ptr<VectorIndex>(std::make_unique<ExactIndex>(std::move(matrix)));
}

}  // namespace magpie::embedded
