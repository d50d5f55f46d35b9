// ServingModel: one model version ready to serve, joined with the catalogue.
//
// Item table, neighbour lists, content vectors and index of a version are one immutable object, swapped in one
// step: a request sees one version from beginning to end.
//
// Rows. The model's items are rows 0 to items-1, in its own order; the catalogue's items that are newer than the model
// follow, in the order of their catalogue index. A row of a deleted item maps to no catalogue item, an item that came
// after the join has no row yet.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/status.h"
#include "kernels/candidate_features.h"
#include "kernels/tfidf.h"
#include "kernels/two_tower.h"
#include "model/catalogue.h"
#include "model/trained_model.h"
#include "ports/vector_index.h"

namespace magpie::serving {

// The two-tower network of a version, with the index over its item vectors.
struct IndexedTwoTower {
  TwoTowerModel model;
  std::unique_ptr<VectorIndex> index;
};

// The part of a version that no change of the catalogue touches; shared by all its joins.
class LearnedModel {
 public:
  // kDataLoss where an index is not one of the model's vectors, or the network is not of the model's items.
  [[nodiscard]] static Result<std::shared_ptr<const LearnedModel>> create(
      TrainedModel model, ModelInfo info, std::unique_ptr<VectorIndex> index,
      std::optional<IndexedTwoTower> two_tower = {});

  [[nodiscard]] const TrainedModel& model() const { return model_; }
  [[nodiscard]] const ModelInfo& info() const { return info_; }
  [[nodiscard]] const VectorIndex& index() const { return *index_; }
  // Null where the version has none.
  [[nodiscard]] const IndexedTwoTower* two_tower() const { return two_tower_ ? &*two_tower_ : nullptr; }
  // Over the vectors of the model's own items.
  [[nodiscard]] const ContentIndex& content_index() const { return content_index_; }

 private:
  LearnedModel(TrainedModel model, ModelInfo info, std::unique_ptr<VectorIndex> index,
               std::optional<IndexedTwoTower> two_tower);

  TrainedModel model_;
  ModelInfo info_;
  std::unique_ptr<VectorIndex> index_;
  std::optional<IndexedTwoTower> two_tower_;
  ContentIndex content_index_;
};

// Thread-safe: immutable.
class ServingModel {
 public:
  // O(catalogue); for a background thread.
  [[nodiscard]] static std::shared_ptr<const ServingModel> join(std::shared_ptr<const LearnedModel> learned,
                                                                std::shared_ptr<const CatalogueSnapshot> catalogue);
  // create() and join() in one.
  [[nodiscard]] static Result<std::shared_ptr<const ServingModel>> build(
      TrainedModel model, ModelInfo info, std::unique_ptr<VectorIndex> index,
      std::shared_ptr<const CatalogueSnapshot> catalogue, std::optional<IndexedTwoTower> two_tower = {});

  [[nodiscard]] ModelVersion version() const { return learned_->info().version; }
  [[nodiscard]] const ModelInfo& info() const { return learned_->info(); }
  [[nodiscard]] const TrainedModel& model() const { return learned_->model(); }
  [[nodiscard]] const std::shared_ptr<const LearnedModel>& learned() const { return learned_; }
  // The catalogue that rows map to. Requests read items from a snapshot of their own, which may be newer.
  [[nodiscard]] const CatalogueSnapshot& catalogue() const { return *catalogue_; }

  [[nodiscard]] std::size_t rows() const { return item_of_row_.size(); }
  [[nodiscard]] std::optional<ItemIndex> item_of(std::uint32_t row) const;
  [[nodiscard]] std::optional<std::uint32_t> row_of(ItemIndex item) const;
  // Of hash64(item id), as user features store it.
  [[nodiscard]] std::optional<std::uint32_t> row_of_hash(std::uint64_t id_hash) const;

  [[nodiscard]] const VectorIndex& index() const { return learned_->index(); }
  [[nodiscard]] const ContentIndex& content_index() const { return *content_index_; }
  [[nodiscard]] const SparseMatrix& content() const { return *content_; }
  // A view into this.
  [[nodiscard]] ItemTable table() const {
    return {model(), *content_, categories_, two_tower() == nullptr ? nullptr : &two_tower()->model};
  }
  [[nodiscard]] const IndexedTwoTower* two_tower() const { return learned_->two_tower(); }

  // Items in order of popularity in the training window, newer ones first where equal; those newer than the model last.
  [[nodiscard]] std::span<const ItemIndex> popular() const { return popular_; }
  [[nodiscard]] std::span<const ItemIndex> popular_in(CategoryIndex category) const;
  // The same by popularity of the last days before training.
  [[nodiscard]] std::span<const ItemIndex> recently_popular() const { return recently_popular_; }
  // 0 for an item newer than the model.
  [[nodiscard]] float recent_popularity(ItemIndex item) const;

 private:
  ServingModel(std::shared_ptr<const LearnedModel> learned, std::shared_ptr<const CatalogueSnapshot> catalogue);
  void map_rows();
  void join_content();
  void join_categories();
  void order_by_popularity();
  [[nodiscard]] std::vector<ItemIndex> ordered_by(std::span<const float> popularity) const;

  std::shared_ptr<const LearnedModel> learned_;
  std::shared_ptr<const CatalogueSnapshot> catalogue_;
  std::vector<std::uint32_t> item_of_row_;  // Catalogue index, or kNone.
  std::vector<std::uint32_t> row_of_item_;  // By catalogue index; row, or kNone.
  // The model's own where no item is newer.
  std::shared_ptr<const SparseMatrix> content_;
  std::shared_ptr<const ContentIndex> content_index_;
  SparseMatrix categories_;
  std::vector<ItemIndex> popular_;
  std::vector<std::vector<ItemIndex>> popular_in_;  // By category.
  std::vector<ItemIndex> recently_popular_;
};

}  // namespace magpie::serving
