#include "serving/serving_model.h"

#include <algorithm>
#include <utility>

namespace magpie::serving {
namespace {

constexpr std::uint32_t kNone = ~std::uint32_t{0};

// The content vectors of the model's items followed by those of newer items.
SparseMatrix extend_content(const ContentModel& content, std::span<const std::uint32_t> newer_items,
                            const CatalogueSnapshot& catalogue) {
  SparseMatrix extended = content.item_vectors;
  for (const std::uint32_t index : newer_items) {
    append_row(extended, vectorize(content, catalogue.at(ItemIndex(index))->item));
  }
  return extended;
}

bool is_index_of(const VectorIndex* index, const Matrix& vectors) {
  return index != nullptr && index->size() == vectors.rows &&
         (index->size() == 0 || index->dimensions() == vectors.columns);
}

float at_or_zero(std::span<const float> values, std::optional<std::uint32_t> row) {
  return row && *row < values.size() ? values[*row] : 0.0F;
}

}  // namespace

LearnedModel::LearnedModel(TrainedModel model, ModelInfo info, std::unique_ptr<VectorIndex> index,
                           std::optional<IndexedTwoTower> two_tower)
    : model_(std::move(model)),
      info_(std::move(info)),
      index_(std::move(index)),
      two_tower_(std::move(two_tower)),
      content_index_(model_.content.item_vectors) {}

Result<std::shared_ptr<const LearnedModel>> LearnedModel::create(TrainedModel model, ModelInfo info,
                                                                 std::unique_ptr<VectorIndex> index,
                                                                 std::optional<IndexedTwoTower> two_tower) {
  const std::string name = "model " + std::to_string(info.version.get());
  if (!is_index_of(index.get(), model.item_factors))
    return data_loss(name + ": the index is not one of its item factors");
  if (two_tower && two_tower->model.items() != model.items.size()) {
    return data_loss(name + ": the two-tower network is not of its items");
  }
  if (two_tower && !is_index_of(two_tower->index.get(), two_tower->model.item_vectors)) {
    return data_loss(name + ": the two-tower index is not one of its item vectors");
  }
  return std::shared_ptr<const LearnedModel>(
      new LearnedModel(std::move(model), std::move(info), std::move(index), std::move(two_tower)));
}

Result<std::shared_ptr<const ServingModel>> ServingModel::build(TrainedModel model, ModelInfo info,
                                                                std::unique_ptr<VectorIndex> index,
                                                                std::shared_ptr<const CatalogueSnapshot> catalogue,
                                                                std::optional<IndexedTwoTower> two_tower) {
  MAGPIE_ASSIGN_OR_RETURN(
      auto learned, LearnedModel::create(std::move(model), std::move(info), std::move(index), std::move(two_tower)));
  return join(std::move(learned), std::move(catalogue));
}

std::shared_ptr<const ServingModel> ServingModel::join(std::shared_ptr<const LearnedModel> learned,
                                                       std::shared_ptr<const CatalogueSnapshot> catalogue) {
  return std::shared_ptr<const ServingModel>(new ServingModel(std::move(learned), std::move(catalogue)));
}

ServingModel::ServingModel(std::shared_ptr<const LearnedModel> learned,
                           std::shared_ptr<const CatalogueSnapshot> catalogue)
    : learned_(std::move(learned)), catalogue_(std::move(catalogue)) {
  map_rows();
  join_content();
  join_categories();
  order_by_popularity();
}

void ServingModel::map_rows() {
  row_of_item_.assign(catalogue_->index_bound(), kNone);
  for (const ItemId& id : model().items) {
    const auto item = catalogue_->find(id);
    if (item) row_of_item_[item->get()] = static_cast<std::uint32_t>(item_of_row_.size());
    item_of_row_.push_back(item ? item->get() : kNone);
  }
  for (std::uint32_t index = 0; index < catalogue_->index_bound(); ++index) {
    if (row_of_item_[index] != kNone || catalogue_->at(ItemIndex(index)) == nullptr) continue;
    row_of_item_[index] = static_cast<std::uint32_t>(item_of_row_.size());
    item_of_row_.push_back(index);
  }
}

void ServingModel::join_content() {
  const auto newer = std::span(item_of_row_).subspan(model().items.size());
  if (newer.empty()) {
    content_ = std::shared_ptr<const SparseMatrix>(learned_, &model().content.item_vectors);
    content_index_ = std::shared_ptr<const ContentIndex>(learned_, &learned_->content_index());
    return;
  }
  content_ = std::make_shared<const SparseMatrix>(extend_content(model().content, newer, *catalogue_));
  content_index_ = std::make_shared<const ContentIndex>(*content_);
}

void ServingModel::join_categories() {
  categories_.columns = catalogue_->category_names().size();
  for (const std::uint32_t index : item_of_row_) {
    const CatalogueItem* item = index == kNone ? nullptr : catalogue_->at(ItemIndex(index));
    append_categories(categories_, item == nullptr ? std::span<const CategoryIndex>() : item->categories);
  }
}

void ServingModel::order_by_popularity() {
  popular_ = ordered_by(model().popularity);
  recently_popular_ = ordered_by(model().recent_popularity);
  popular_in_.resize(catalogue_->category_names().size());
  for (const ItemIndex item : popular_) {
    for (const CategoryIndex category : catalogue_->at(item)->categories) popular_in_[category.get()].push_back(item);
  }
}

std::vector<ItemIndex> ServingModel::ordered_by(std::span<const float> popularity) const {
  std::vector<ItemIndex> order;
  order.reserve(rows());
  for (const std::uint32_t index : item_of_row_) {
    if (index != kNone && catalogue_->at(ItemIndex(index)) != nullptr) order.emplace_back(index);
  }
  std::sort(order.begin(), order.end(), [&](ItemIndex a, ItemIndex b) {
    const float popularity_a = at_or_zero(popularity, row_of(a));
    const float popularity_b = at_or_zero(popularity, row_of(b));
    return popularity_a != popularity_b ? popularity_a > popularity_b : a > b;
  });
  return order;
}

std::optional<ItemIndex> ServingModel::item_of(std::uint32_t row) const {
  if (row >= item_of_row_.size() || item_of_row_[row] == kNone) return std::nullopt;
  return ItemIndex(item_of_row_[row]);
}

std::optional<std::uint32_t> ServingModel::row_of(ItemIndex item) const {
  if (item.get() >= row_of_item_.size() || row_of_item_[item.get()] == kNone) return std::nullopt;
  return row_of_item_[item.get()];
}

std::optional<std::uint32_t> ServingModel::row_of_hash(std::uint64_t id_hash) const {
  const auto item = catalogue_->find_hash(id_hash);
  return item ? row_of(*item) : std::nullopt;
}

std::span<const ItemIndex> ServingModel::popular_in(CategoryIndex category) const {
  if (category.get() >= popular_in_.size()) return {};
  return popular_in_[category.get()];
}

float ServingModel::recent_popularity(ItemIndex item) const {
  return at_or_zero(model().recent_popularity, row_of(item));
}

}  // namespace magpie::serving
