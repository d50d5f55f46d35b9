#include "api/grpc_services.h"

#include <utility>

#include "api/convert_proto.h"
#include "api/operations.h"

namespace magpie::api {
namespace {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

// A batch is copied from the request, which gRPC hands out as const, and converted without copying its strings again.
template <typename Request, typename... Arguments>
auto take(const Request& request, Arguments... arguments) {
  Request mine = request;
  return from_proto(mine, arguments...);
}

// An invalid batch of one is an invalid request; a longer one reports each element.
template <typename Response>
Status settle(BatchOutcome outcome, bool single, Response& response) {
  if (single && outcome.accepted == 0) {
    return invalid_argument(std::move(outcome.rejected.front().field), std::move(outcome.rejected.front().reason));
  }
  to_proto(std::move(outcome), response);
  return ok_status();
}

}  // namespace

Reactor* GrpcEvents::Append(Context* context, const v1::AppendEventsRequest* request,
                            v1::AppendEventsResponse* response) {
  Reactor* const reactor = context->DefaultReactor();
  auto batch = take(*request);
  const bool single = batch.single;
  append_events(services_, std::move(batch), [this, reactor, response, single](Result<BatchOutcome> outcome) {
    const Status status = outcome.ok() ? settle(std::move(outcome).value(), single, *response) : outcome.status();
    calls_.finish("Append", reactor, status);
  });
  return reactor;
}

Reactor* GrpcRecommendations::Recommend(Context* context, const v1::RecommendRequest* request,
                                        v1::RecommendResponse* response) {
  return calls_.answer("Recommend", context, [=, this]() -> Status {
    MAGPIE_ASSIGN_OR_RETURN(const auto found, services_.recommender.recommend(from_proto(*request)));
    to_proto(found, *services_.catalogue.snapshot(), request->explain(), *response);
    return ok_status();
  });
}

Reactor* GrpcRecommendations::Similar(Context* context, const v1::SimilarRequest* request, v1::ItemList* response) {
  return calls_.answer("Similar", context, [=, this]() -> Status {
    MAGPIE_ASSIGN_OR_RETURN(const auto items, similar_items(services_, request->item_id(), requested_count(*request)));
    to_proto(items, *services_.catalogue.snapshot(), *response);
    return ok_status();
  });
}

Reactor* GrpcRecommendations::Trending(Context* context, const v1::TrendingRequest* request, v1::ItemList* response) {
  return calls_.answer("Trending", context, [=, this]() -> Status {
    MAGPIE_ASSIGN_OR_RETURN(const auto items,
                            trending_items(services_, request->category(), requested_count(*request)));
    to_proto(items, *services_.catalogue.snapshot(), *response);
    return ok_status();
  });
}

Reactor* GrpcCatalogue::PutItems(Context* context, const v1::PutItemsRequest* request, v1::PutResponse* response) {
  return calls_.answer_on_pool("PutItems", context, [=, this]() -> Status {
    auto batch = take(*request, services_.clock.now());
    const bool single = batch.single;
    MAGPIE_ASSIGN_OR_RETURN(auto outcome, put_items(services_, std::move(batch)));
    return settle(std::move(outcome), single, *response);
  });
}

Reactor* GrpcCatalogue::GetItem(Context* context, const v1::GetItemRequest* request, v1::Item* response) {
  return calls_.answer("GetItem", context, [=, this]() -> Status {
    MAGPIE_ASSIGN_OR_RETURN(const Item item, get_item(services_, request->id()));
    to_proto(item, *response);
    return ok_status();
  });
}

Reactor* GrpcCatalogue::DeleteItem(Context* context, const v1::DeleteItemRequest* request, google::protobuf::Empty*) {
  return calls_.answer_on_pool("DeleteItem", context, [=, this] { return erase_item(services_, request->id()); });
}

Reactor* GrpcCatalogue::PutUsers(Context* context, const v1::PutUsersRequest* request, v1::PutResponse* response) {
  return calls_.answer_on_pool("PutUsers", context, [=, this]() -> Status {
    auto batch = take(*request, services_.clock.now());
    const bool single = batch.single;
    MAGPIE_ASSIGN_OR_RETURN(auto outcome, put_users(services_, std::move(batch)));
    return settle(std::move(outcome), single, *response);
  });
}

Reactor* GrpcCatalogue::GetUser(Context* context, const v1::GetUserRequest* request, v1::User* response) {
  return calls_.answer("GetUser", context, [=, this]() -> Status {
    MAGPIE_ASSIGN_OR_RETURN(const User user, get_user(services_, request->id()));
    to_proto(user, *response);
    return ok_status();
  });
}

Reactor* GrpcCatalogue::ListUsers(Context* context, const v1::ListUsersRequest* request,
                                  v1::ListUsersResponse* response) {
  return calls_.answer_on_pool("ListUsers", context, [=, this]() -> Status {
    const auto limit = request->has_limit() ? std::optional<std::size_t>(request->limit()) : std::nullopt;
    MAGPIE_ASSIGN_OR_RETURN(const auto page, list_users(services_, request->after(), limit));
    to_proto(page, *response);
    return ok_status();
  });
}

Reactor* GrpcCatalogue::GetUserFeatures(Context* context, const v1::GetUserRequest* request,
                                        v1::UserFeatures* response) {
  return calls_.answer("GetUserFeatures", context, [=, this]() -> Status {
    MAGPIE_ASSIGN_OR_RETURN(const auto report, user_features(services_, request->id()));
    to_proto(report, services_.types, *response);
    return ok_status();
  });
}

Reactor* GrpcCatalogue::DeleteUser(Context* context, const v1::DeleteUserRequest* request, google::protobuf::Empty*) {
  return calls_.answer_on_pool("DeleteUser", context, [=, this] { return erase_user(services_, request->id()); });
}

Reactor* GrpcTraining::Start(Context* context, const v1::StartTrainingRequest*, v1::TrainingStatus* response) {
  return calls_.answer("Start", context, [=, this]() -> Status {
    MAGPIE_RETURN_IF_ERROR(start_training(services_, WhenRunning::kRefuse));
    to_proto(services_.training.status(), *response);
    return ok_status();
  });
}

Reactor* GrpcTraining::GetStatus(Context* context, const v1::GetTrainingStatusRequest*, v1::TrainingStatus* response) {
  return calls_.answer("GetStatus", context, [=, this] {
    to_proto(services_.training.status(), *response);
    return ok_status();
  });
}

Reactor* GrpcTraining::ListModels(Context* context, const v1::ListModelsRequest*, v1::ListModelsResponse* response) {
  return calls_.answer_on_pool("ListModels", context, [=, this]() -> Status {
    MAGPIE_ASSIGN_OR_RETURN(const auto list, list_models(services_));
    to_proto(list, *response);
    return ok_status();
  });
}

}  // namespace magpie::api
