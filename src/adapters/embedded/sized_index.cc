#include "adapters/embedded/sized_index.h"

#include <utility>
#include <vector>

namespace magpie::embedded {
namespace {

constexpr char kExactTag = 'E';
constexpr char kApproximateTag = 'A';

// An index of one of the two kinds; its bytes begin with the kind's tag.
class TaggedIndex final : public VectorIndex {
 public:
  TaggedIndex(char tag, std::unique_ptr<VectorIndex> index) : tag_(tag), index_(std::move(index)) {}

  [[nodiscard]] std::size_t size() const override { return index_->size(); }
  [[nodiscard]] std::size_t dimensions() const override { return index_->dimensions(); }
  [[nodiscard]] Result<std::vector<Neighbour>> search(std::span<const float> query, std::size_t k) const override {
    return index_->search(query, k);
  }
  [[nodiscard]] Result<std::string> serialize() const override {
    MAGPIE_ASSIGN_OR_RETURN(auto bytes, index_->serialize());
    bytes.insert(bytes.begin(), tag_);
    return bytes;
  }

 private:
  char tag_;
  std::unique_ptr<VectorIndex> index_;
};

Result<std::unique_ptr<VectorIndex>> tagged(char tag, Result<std::unique_ptr<VectorIndex>> index) {
  if (!index.ok()) return index;
  return std::unique_ptr<VectorIndex>(std::make_unique<TaggedIndex>(tag, *std::move(index)));
}

}  // namespace

Result<std::unique_ptr<VectorIndex>> SizedIndexFactory::build(const Matrix& rows) const {
  if (rows.rows < threshold_) return tagged(kExactTag, exact_.build(rows));
  auto index = tagged(kApproximateTag, approximate_.build(rows));
  if (index.ok() || index.error().code() != ErrorCode::kFailedPrecondition) return index;
  return tagged(kExactTag, exact_.build(rows));
}

Result<std::unique_ptr<VectorIndex>> SizedIndexFactory::load(std::string_view bytes) const {
  if (bytes.starts_with(kExactTag)) return tagged(kExactTag, exact_.load(bytes.substr(1)));
  if (bytes.starts_with(kApproximateTag)) return tagged(kApproximateTag, approximate_.load(bytes.substr(1)));
  return data_loss("the bytes of the vector index name no kind of index");
}

std::string SizedIndexFactory::describe() const {
  return exact_.describe() + " below " + std::to_string(threshold_) + " rows, then " + approximate_.describe();
}

}  // namespace magpie::embedded
