// The services of api/proto/magpie/v1/magpie.proto over the operations. Thread-safe.
#pragma once

#include "api/grpc_calls.h"
#include "api/services.h"
#include "magpie/v1/magpie.grpc.pb.h"

namespace magpie::api {

class GrpcEvents final : public v1::Events::CallbackService {
 public:
  GrpcEvents(Services& services, GrpcCalls& calls) : services_(services), calls_(calls) {}
  grpc::ServerUnaryReactor* Append(grpc::CallbackServerContext* context, const v1::AppendEventsRequest* request,
                                   v1::AppendEventsResponse* response) override;

 private:
  Services& services_;
  GrpcCalls& calls_;
};

class GrpcRecommendations final : public v1::Recommendations::CallbackService {
 public:
  GrpcRecommendations(Services& services, GrpcCalls& calls) : services_(services), calls_(calls) {}
  grpc::ServerUnaryReactor* Recommend(grpc::CallbackServerContext* context, const v1::RecommendRequest* request,
                                      v1::RecommendResponse* response) override;
  grpc::ServerUnaryReactor* Similar(grpc::CallbackServerContext* context, const v1::SimilarRequest* request,
                                    v1::ItemList* response) override;
  grpc::ServerUnaryReactor* Trending(grpc::CallbackServerContext* context, const v1::TrendingRequest* request,
                                     v1::ItemList* response) override;

 private:
  Services& services_;
  GrpcCalls& calls_;
};

class GrpcCatalogue final : public v1::Catalogue::CallbackService {
 public:
  GrpcCatalogue(Services& services, GrpcCalls& calls) : services_(services), calls_(calls) {}
  grpc::ServerUnaryReactor* PutItems(grpc::CallbackServerContext* context, const v1::PutItemsRequest* request,
                                     v1::PutResponse* response) override;
  grpc::ServerUnaryReactor* GetItem(grpc::CallbackServerContext* context, const v1::GetItemRequest* request,
                                    v1::Item* response) override;
  grpc::ServerUnaryReactor* DeleteItem(grpc::CallbackServerContext* context, const v1::DeleteItemRequest* request,
                                       google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* PutUsers(grpc::CallbackServerContext* context, const v1::PutUsersRequest* request,
                                     v1::PutResponse* response) override;
  grpc::ServerUnaryReactor* GetUser(grpc::CallbackServerContext* context, const v1::GetUserRequest* request,
                                    v1::User* response) override;
  grpc::ServerUnaryReactor* ListUsers(grpc::CallbackServerContext* context, const v1::ListUsersRequest* request,
                                      v1::ListUsersResponse* response) override;
  grpc::ServerUnaryReactor* GetUserFeatures(grpc::CallbackServerContext* context, const v1::GetUserRequest* request,
                                            v1::UserFeatures* response) override;
  grpc::ServerUnaryReactor* DeleteUser(grpc::CallbackServerContext* context, const v1::DeleteUserRequest* request,
                                       google::protobuf::Empty* response) override;

 private:
  Services& services_;
  GrpcCalls& calls_;
};

class GrpcTraining final : public v1::Training::CallbackService {
 public:
  GrpcTraining(Services& services, GrpcCalls& calls) : services_(services), calls_(calls) {}
  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context, const v1::StartTrainingRequest* request,
                                  v1::TrainingStatus* response) override;
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context, const v1::GetTrainingStatusRequest* request,
                                      v1::TrainingStatus* response) override;
  grpc::ServerUnaryReactor* ListModels(grpc::CallbackServerContext* context, const v1::ListModelsRequest* request,
                                       v1::ListModelsResponse* response) override;

 private:
  Services& services_;
  GrpcCalls& calls_;
};

}  // namespace magpie::api
