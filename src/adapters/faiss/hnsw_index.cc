#include "adapters/faiss/hnsw_index.h"

#include <faiss/IndexHNSW.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <limits>
#include <new>
#include <utility>

#include "base/bytes.h"
#include "base/hash.h"

namespace magpie::faiss_ann {
namespace {

constexpr std::uint32_t kMagic = 0x4e48504d;  // "MPHN"
constexpr std::uint16_t kVersion = 1;

// Calls into FAISS, which throws.
template <typename Call>
auto guarded(const Call& call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return resource_exhausted("no memory for the index");
  } catch (const std::exception& failure) {
    return internal_error(std::string("FAISS: ") + failure.what());
  }
}

bool all_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

class StringWriter final : public faiss::IOWriter {
 public:
  explicit StringWriter(std::string& out) : out_(out) {}
  std::size_t operator()(const void* bytes, std::size_t size, std::size_t count) override {
    out_.append(static_cast<const char*>(bytes), size * count);
    return count;
  }

 private:
  std::string& out_;
};

class StringReader final : public faiss::IOReader {
 public:
  explicit StringReader(std::string_view bytes) : rest_(bytes) {}
  std::size_t operator()(void* into, std::size_t size, std::size_t count) override {
    const std::size_t items = size == 0 ? 0 : std::min(count, rest_.size() / size);
    if (items > 0) std::memcpy(into, rest_.data(), size * items);
    rest_.remove_prefix(size * items);
    return items;
  }

 private:
  std::string_view rest_;
};

class HnswIndex final : public VectorIndex {
 public:
  HnswIndex(std::unique_ptr<faiss::IndexHNSWSQ> index, std::size_t ef_search)
      : index_(std::move(index)), ef_search_(ef_search) {}

  [[nodiscard]] std::size_t size() const override { return static_cast<std::size_t>(index_->ntotal); }
  [[nodiscard]] std::size_t dimensions() const override { return static_cast<std::size_t>(index_->d); }
  [[nodiscard]] Result<std::vector<Neighbour>> search(std::span<const float> query, std::size_t k) const override;
  [[nodiscard]] Result<std::string> serialize() const override;

 private:
  std::unique_ptr<faiss::IndexHNSWSQ> index_;
  std::size_t ef_search_;
};

Result<std::vector<Neighbour>> HnswIndex::search(std::span<const float> query, std::size_t k) const {
  if (query.size() != dimensions()) {
    return invalid_argument(
        "query", "has " + std::to_string(query.size()) + " dimensions instead of " + std::to_string(dimensions()));
  }
  if (!all_finite(query)) return invalid_argument("query", "must be finite");
  k = std::min(k, size());
  if (k == 0) return std::vector<Neighbour>();
  return guarded([&]() -> Result<std::vector<Neighbour>> {
    omp_set_num_threads(1);  // Of this thread's parallel regions: a query is not worth more.
    std::vector<float> similarities(k);
    std::vector<faiss::idx_t> rows(k);
    faiss::SearchParametersHNSW parameters;
    parameters.efSearch = static_cast<int>(std::max(ef_search_, k));
    index_->search(1, query.data(), static_cast<faiss::idx_t>(k), similarities.data(), rows.data(), &parameters);
    std::vector<Neighbour> found;
    found.reserve(k);
    for (std::size_t i = 0; i < k; ++i) {
      if (rows[i] >= 0) found.push_back({static_cast<std::uint32_t>(rows[i]), similarities[i]});
    }
    std::ranges::sort(found, [](const Neighbour& a, const Neighbour& b) {
      return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
    });
    return found;
  });
}

Result<std::string> HnswIndex::serialize() const {
  return guarded([&]() -> Result<std::string> {
    std::string graph;
    StringWriter writer(graph);
    faiss::write_index(index_.get(), &writer);
    std::string bytes;
    ByteWriter header(bytes);
    header.number(kMagic);
    header.number(kVersion);
    header.number(static_cast<std::uint64_t>(size()));
    header.number(static_cast<std::uint64_t>(dimensions()));
    header.number(hash64(graph));
    return bytes.append(graph);
  });
}

Status check(const Matrix& rows) {
  if (rows.columns == 0) return invalid_argument("rows", "must have dimensions");
  if (rows.rows > std::numeric_limits<std::int32_t>::max()) return invalid_argument("rows", "are too many");
  if (rows.values.size() != rows.rows * rows.columns) return invalid_argument("rows", "are not a matrix");
  return all_finite(rows.values) ? Status() : Status(invalid_argument("rows", "must be finite"));
}

}  // namespace

Result<std::unique_ptr<VectorIndex>> HnswFactory::build(const Matrix& rows) const {
  MAGPIE_RETURN_IF_ERROR(check(rows));
  return guarded([&]() -> Result<std::unique_ptr<VectorIndex>> {
    omp_set_num_threads(1);  // The order of insertion is part of the result.
    auto index =
        std::make_unique<faiss::IndexHNSWSQ>(static_cast<int>(rows.columns), faiss::ScalarQuantizer::QT_fp16,
                                             static_cast<int>(settings_.neighbours), faiss::METRIC_INNER_PRODUCT);
    index->hnsw.efConstruction = static_cast<int>(settings_.ef_construction);
    const auto count = static_cast<faiss::idx_t>(rows.rows);
    if (count > 0) {
      index->train(count, rows.values.data());
      index->add(count, rows.values.data());
    }
    return std::unique_ptr<VectorIndex>(std::make_unique<HnswIndex>(std::move(index), settings_.ef_search));
  });
}

Result<std::unique_ptr<VectorIndex>> HnswFactory::load(std::string_view bytes) const {
  ByteReader reader(bytes);
  std::uint64_t rows = 0;
  std::uint64_t dimensions = 0;
  std::uint64_t checksum = 0;
  MAGPIE_RETURN_IF_ERROR(expect_format(reader, kMagic, kVersion));
  MAGPIE_RETURN_IF_ERROR(reader.number(rows));
  MAGPIE_RETURN_IF_ERROR(reader.number(dimensions));
  MAGPIE_RETURN_IF_ERROR(reader.number(checksum));
  std::string_view graph;
  MAGPIE_RETURN_IF_ERROR(reader.bytes(reader.remaining(), graph));
  if (hash64(graph) != checksum) return data_loss("the index is damaged: its checksum differs");
  return guarded([&]() -> Result<std::unique_ptr<VectorIndex>> {
    StringReader source(graph);
    std::unique_ptr<faiss::Index> read(faiss::read_index(&source));
    auto* hnsw = dynamic_cast<faiss::IndexHNSWSQ*>(read.get());
    if (hnsw == nullptr || hnsw->metric_type != faiss::METRIC_INNER_PRODUCT ||
        static_cast<std::uint64_t>(hnsw->ntotal) != rows || static_cast<std::uint64_t>(hnsw->d) != dimensions) {
      return data_loss("the index is not what its header says");
    }
    static_cast<void>(read.release());
    std::unique_ptr<faiss::IndexHNSWSQ> index(hnsw);
    return std::unique_ptr<VectorIndex>(std::make_unique<HnswIndex>(std::move(index), settings_.ef_search));
  });
}

}  // namespace magpie::faiss_ann
