#include "serving/popular.h"

namespace magpie::serving {

PopularItems::PopularItems(const RequestContext& context)
    : context_(context), below_(context.catalogue->index_bound()) {
  if (context.model == nullptr) return;
  if (!context.eligibility.filters_categories()) {
    lists_.push_back(context.model->popular());
    return;
  }
  for (const CategoryIndex category : context.eligibility.categories()) {
    lists_.push_back(context.model->popular_in(category));
  }
}

std::optional<ItemIndex> PopularItems::next() {
  const auto item = next_of_model();
  return item ? item : next_of_catalogue();
}

std::optional<ItemIndex> PopularItems::next_of_model() {
  std::size_t exhausted = 0;  // Lists in a row.
  while (exhausted < lists_.size()) {
    auto& list = lists_[turn_];
    turn_ = (turn_ + 1) % lists_.size();
    while (!list.empty() && !context_.eligibility.admits(list.front())) list = list.subspan(1);
    if (list.empty()) {
      ++exhausted;
      continue;
    }
    const ItemIndex item = list.front();
    list = list.subspan(1);
    return item;
  }
  return std::nullopt;
}

// Items with a row are in the model's lists already.
std::optional<ItemIndex> PopularItems::next_of_catalogue() {
  while (below_ > 0) {
    const ItemIndex item(--below_);
    const bool listed = context_.model != nullptr && context_.model->row_of(item).has_value();
    if (!listed && context_.eligibility.admits(item)) return item;
  }
  return std::nullopt;
}

bool has_popularity(const RequestContext& context, ItemIndex item) {
  const auto row = context.model == nullptr ? std::nullopt : context.model->row_of(item);
  if (!row) return false;
  const auto& popularity = context.model->model().popularity;
  return *row < popularity.size() && popularity[*row] > 0;
}

}  // namespace magpie::serving
