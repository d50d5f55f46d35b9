// Popular: the fallback's items, lazily and without end until the catalogue is: what the model saw most of, then the
// newest items that it has not seen. It is what makes an answer never empty while there is an item to show.
// Thread-safety: none; one a request.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "serving/request_context.h"

namespace magpie::serving {

class PopularItems {
 public:
  // `context` must outlive this.
  explicit PopularItems(const RequestContext& context);

  // The next eligible item; nothing when there is none left. An item of two requested categories comes twice.
  // Costs what it has to pass over.
  [[nodiscard]] std::optional<ItemIndex> next();

 private:
  [[nodiscard]] std::optional<ItemIndex> next_of_model();
  [[nodiscard]] std::optional<ItemIndex> next_of_catalogue();

  const RequestContext& context_;
  std::vector<std::span<const ItemIndex>> lists_;  // What is left of the model's lists; read in turns.
  std::size_t turn_ = 0;
  std::uint32_t below_;  // Catalogue items from here on are done.
};

// Whether the item was in the training window at all: popular, or merely new?
[[nodiscard]] bool has_popularity(const RequestContext& context, ItemIndex item);

}  // namespace magpie::serving
