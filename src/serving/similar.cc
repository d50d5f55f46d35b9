#include "serving/similar.h"

#include <algorithm>
#include <span>

namespace magpie::serving {
namespace {

// How many unavailable or deleted neighbours are made up for.
constexpr std::size_t kSpare = 50;

class Gatherer {
 public:
  Gatherer(const ServingModel& model, const CatalogueSnapshot& catalogue, ItemIndex item, std::size_t n)
      : model_(model), catalogue_(catalogue), item_(item), n_(n) {}

  [[nodiscard]] std::vector<SimilarItem> run() && {
    add_neighbours();
    if (!full()) add_content();
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool full() const { return found_.size() == n_; }

  void add_neighbours() {
    const SparseMatrix& neighbours = model_.model().item_neighbours;
    const auto row = model_.row_of(item_);
    if (!row || *row >= neighbours.rows()) return;
    const auto rows = neighbours.row_indices(*row);
    const auto similarities = neighbours.row_values(*row);
    for (std::size_t i = 0; i < rows.size() && !full(); ++i) add(rows[i], similarities[i], Source::kItemToItem);
  }

  void add_content() {
    const std::size_t fetched = n_ + found_.size() + kSpare;
    for (const ScoredRow& hit : model_.content_index().search(model_.content(), content_query(), fetched)) {
      if (full()) return;
      add(hit.row, hit.score, Source::kContent);
    }
  }

  [[nodiscard]] SparseScores<float> content_query() const {
    const auto row = model_.row_of(item_);
    if (!row) {
      const SparseVector vector = vectorize(model_.model().content, catalogue_.at(item_)->item);
      return to_query(vector.indices, vector.values);
    }
    return to_query(model_.content().row_indices(*row), model_.content().row_values(*row));
  }

  [[nodiscard]] static SparseScores<float> to_query(std::span<const std::uint32_t> terms,
                                                    std::span<const float> weights) {
    SparseScores<float> query(terms.size());
    for (std::size_t i = 0; i < terms.size(); ++i) query[terms[i]] = weights[i];
    return query;
  }

  void add(std::uint32_t row, float score, Source source) {
    const auto index = model_.item_of(row);
    if (!index || *index == item_) return;
    const CatalogueItem* item = catalogue_.at(*index);
    if (item == nullptr || !item->item.available || contains(item->item.id)) return;
    found_.push_back({item->item.id, score, source});
  }

  [[nodiscard]] bool contains(const ItemId& id) const {
    return std::any_of(found_.begin(), found_.end(), [&id](const SimilarItem& other) { return other.item == id; });
  }

  const ServingModel& model_;
  const CatalogueSnapshot& catalogue_;
  ItemIndex item_;
  std::size_t n_;
  std::vector<SimilarItem> found_;
};

}  // namespace

std::vector<SimilarItem> similar_items(const ServingModel& model, const CatalogueSnapshot& catalogue, ItemIndex item,
                                       std::size_t n) {
  return Gatherer(model, catalogue, item, n).run();
}

}  // namespace magpie::serving
