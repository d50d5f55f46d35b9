// Messages of api/proto/magpie/v1/magpie.proto <-> the domain. No validation: operations.h does that for both codecs.
// Thread-safe. The conversions from requests take the message's strings over.
#pragma once

#include <optional>
#include <span>

#include "api/batch_outcome.h"
#include "api/model_operations.h"
#include "api/operations.h"
#include "batch/training_job.h"
#include "magpie/v1/magpie.pb.h"
#include "model/catalogue.h"
#include "model/item.h"
#include "model/recommendation.h"
#include "speed/ingest.h"

namespace magpie::api {

[[nodiscard]] DecodedBatch<speed::RawEvent> from_proto(v1::AppendEventsRequest& request);
[[nodiscard]] DecodedBatch<Item> from_proto(v1::PutItemsRequest& request, Timestamp now);
[[nodiscard]] DecodedBatch<User> from_proto(v1::PutUsersRequest& request, Timestamp now);
[[nodiscard]] RecommendationRequest from_proto(const v1::RecommendRequest& request);

template <typename Request>
[[nodiscard]] std::optional<std::size_t> requested_count(const Request& request) {
  return request.has_n() ? std::optional<std::size_t>(request.n()) : std::nullopt;
}

void to_proto(BatchOutcome outcome, v1::AppendEventsResponse& out);
void to_proto(BatchOutcome outcome, v1::PutResponse& out);
void to_proto(const Recommendation& recommendation, const CatalogueSnapshot& catalogue, bool explain,
              v1::RecommendResponse& out);
void to_proto(std::span<const SimilarItem> items, const CatalogueSnapshot& catalogue, v1::ItemList& out);
void to_proto(std::span<const TrendingItem> items, const CatalogueSnapshot& catalogue, v1::ItemList& out);
void to_proto(const Item& item, v1::Item& out);
void to_proto(const User& user, v1::User& out);
void to_proto(const UserPage& page, v1::ListUsersResponse& out);
void to_proto(const UserFeatureReport& report, const EventTypes& types, v1::UserFeatures& out);
void to_proto(const batch::TrainingStatus& status, v1::TrainingStatus& out);
void to_proto(const ModelList& list, v1::ListModelsResponse& out);

}  // namespace magpie::api
