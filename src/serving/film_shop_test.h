// A small shop of films for tests: three genres of five films, a model of it made by hand, users made from events.
//
// Films are <genre>0 to <genre>4 of the genres drama, space and war. In the model, films of one genre have nearly the
// same factors and are each other's neighbours, nearer where their numbers are; popularity falls with the number, drama
// before space before war.
#pragma once

#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kernels/als.h"
#include "kernels/feature_update.h"
#include "kernels/ranker.h"
#include "kernels/tfidf.h"
#include "model/trained_model.h"
#include "serving/request_context.h"
#include "serving/serving_model.h"
#include "tests/fakes/in_memory_vector_index.h"

namespace magpie::serving {

inline constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);
inline constexpr std::size_t kFilmsPerGenre = 5;
inline constexpr std::array<const char*, 3> kGenres{"drama", "space", "war"};

inline Item film(std::string id, std::vector<std::string> categories) {
  Item item;
  item.id = ItemId(id);
  item.title = "Film " + id;
  item.categories = std::move(categories);
  item.created_at = kNow;
  return item;
}

inline std::vector<Item> films() {
  std::vector<Item> items;
  for (const std::string genre : kGenres) {
    for (std::size_t i = 0; i < kFilmsPerGenre; ++i) items.push_back(film(genre + std::to_string(i), {genre}));
  }
  return items;
}

inline std::shared_ptr<const CatalogueSnapshot> snapshot_of(std::vector<Item> items) {
  return CatalogueSnapshot().with(std::move(items), {});
}

inline TrainedModel trained_model() {
  const std::vector<Item> items = films();  // Ascending by id.
  TrainedModel model;
  model.als_regularization = 0.1F;
  model.als_alpha = 10;
  model.item_factors = Matrix(items.size(), kGenres.size());
  model.item_neighbours.columns = items.size();
  for (std::uint32_t row = 0; row < items.size(); ++row) {
    const auto genre = static_cast<std::uint32_t>(row / kFilmsPerGenre);
    model.items.push_back(items[row].id);
    model.item_factors.row(row)[genre] = 1 - 0.01F * static_cast<float>(row % kFilmsPerGenre);
    model.popularity.push_back(static_cast<float>(items.size() - row));
    model.recent_popularity.push_back(static_cast<float>(items.size() - row) / 10);
    for (std::uint32_t distance = 1; distance < kFilmsPerGenre; ++distance) {
      for (const std::int64_t other : {std::int64_t{row} - distance, std::int64_t{row} + distance}) {
        if (other < 0 || other / static_cast<std::int64_t>(kFilmsPerGenre) != genre) continue;
        model.item_neighbours.indices.push_back(static_cast<std::uint32_t>(other));
        model.item_neighbours.values.push_back(1.0F / static_cast<float>(distance + 1));
      }
    }
    model.item_neighbours.offsets.push_back(model.item_neighbours.indices.size());
  }
  model.item_graph.columns = items.size();
  model.item_graph.offsets.assign(items.size() + 1, 0);
  model.gram = gram(model.item_factors);
  std::vector<const Item*> described;
  for (const Item& item : items) described.push_back(&item);
  model.content = fit_content(described);
  model.ranker = default_ranker();
  return model;
}

inline std::shared_ptr<const ServingModel> serving_model(std::shared_ptr<const CatalogueSnapshot> catalogue,
                                                         std::uint64_t version = 1,
                                                         TrainedModel model = trained_model()) {
  auto index = std::make_unique<fakes::InMemoryVectorIndex>(model.item_factors);
  ModelInfo info;
  info.version = ModelVersion(version);
  auto built = ServingModel::build(std::move(model), std::move(info), std::move(index), std::move(catalogue));
  if (!built.ok()) std::abort();
  return *built;
}

// Each item interacted with once, the first longest ago.
inline UserFeatures user_who(EventType type, std::initializer_list<const char*> items) {
  UserFeatures features;
  Timestamp time = kNow - std::chrono::hours(1);
  for (const char* item : items) {
    Event event;
    event.id = EventId(std::string(item) + std::to_string(to_unix_ms(time)));
    event.user = UserId("u1");
    event.item = ItemId(item);
    event.type = type;
    event.time = time += std::chrono::minutes(1);
    apply_to_user(features.recent, event);
  }
  return features;
}

inline RecommendationRequest request_for(std::string user, std::size_t n = 10) {
  RecommendationRequest request;
  request.user = UserId(std::move(user));
  request.n = n;
  return request;
}

// What a strategy sees. The model may be null; nothing is trending unless told.
inline std::shared_ptr<const RequestContext> context_of(
    std::shared_ptr<const CatalogueSnapshot> catalogue, std::shared_ptr<const ServingModel> model,
    UserFeatures features, const RecommendationRequest& request = request_for("u1"),
    Result<std::shared_ptr<const Trending>> trending = std::make_shared<const Trending>()) {
  return std::make_shared<const RequestContext>(request, EventTypes::defaults(), std::move(catalogue), std::move(model),
                                                std::make_shared<const UserFeatures>(std::move(features)),
                                                std::move(trending));
}

inline std::string id_of(const CatalogueSnapshot& catalogue, ItemIndex item) {
  return catalogue.at(item)->item.id.get();
}

inline std::vector<std::string> ids_of(const CatalogueSnapshot& catalogue, const std::vector<Candidate>& candidates) {
  std::vector<std::string> ids;
  for (const Candidate& candidate : candidates) ids.push_back(id_of(catalogue, candidate.item));
  return ids;
}

}  // namespace magpie::serving
