#include "api/grpc_server.h"

#include <gmock/gmock.h>
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <future>
#include <set>
#include <thread>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "magpie/v1/magpie.grpc.pb.h"
#include "tests/api/test_services.h"

namespace magpie::api {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;
using ::testing::StartsWith;

// A call of any unary or one-for-one streaming method, by name and bytes: for services whose stubs no package brings.
grpc::Status call_by_name(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                          const std::string& request, std::string& response) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto step = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  auto stream = stub.PrepareCall(&context, method, &queue);
  stream->StartCall(nullptr);
  step();
  const grpc::Slice slice(request);
  stream->WriteLast(grpc::ByteBuffer(&slice, 1), {}, nullptr);
  step();
  grpc::ByteBuffer buffer;
  stream->Read(&buffer, nullptr);
  if (step()) {
    std::vector<grpc::Slice> slices;
    EXPECT_TRUE(buffer.Dump(&slices).ok());
    for (const auto& part : slices) response.append(reinterpret_cast<const char*>(part.begin()), part.size());
  }
  grpc::Status status;
  stream->Finish(&status, nullptr);
  step();
  return status;
}

class GrpcServerTest : public ::testing::Test {
 protected:
  GrpcServerTest()
      : server_(services_.get(), {.address = "127.0.0.1:0", .health_interval = std::chrono::milliseconds(5)}) {
    const auto status = server_.start();
    EXPECT_TRUE(status.ok()) << status.to_string();
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(server_.port()), grpc::InsecureChannelCredentials());
  }

  template <typename Stub, typename Request, typename Response>
  grpc::Status call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), Stub& stub,
                    const Request& request, Response& response) {
    grpc::ClientContext context;
    return (stub.*method)(&context, request, &response);
  }

  TestServices services_;
  GrpcServer server_;
  std::shared_ptr<grpc::Channel> channel_;
};

v1::Event event(const std::string& user, const std::string& item, const std::string& type) {
  v1::Event made;
  made.set_user_id(user);
  made.set_item_id(item);
  made.set_type(type);
  return made;
}

TEST_F(GrpcServerTest, AppendsEventsThatFeaturesShow) {
  const auto events = v1::Events::NewStub(channel_);
  v1::AppendEventsRequest request;
  *request.add_events() = event("new", "302", "like");
  *request.add_events() = event("", "302", "like");
  *request.add_events() = event("new", "242", "view");
  v1::AppendEventsResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(events->Append(&context, request, &response).ok());
  EXPECT_EQ(response.accepted(), 2U);
  EXPECT_EQ(response.event_ids_size(), 2);
  ASSERT_EQ(response.rejected_size(), 1);
  EXPECT_EQ(response.rejected(0).index(), 1U);
  EXPECT_EQ(response.rejected(0).field(), "user_id");

  services_.process_events();
  const auto catalogue = v1::Catalogue::NewStub(channel_);
  v1::GetUserRequest user;
  user.set_id("new");
  v1::UserFeatures features;
  grpc::ClientContext features_context;
  ASSERT_TRUE(catalogue->GetUserFeatures(&features_context, user, &features).ok());
  EXPECT_EQ(features.last_5_items_size(), 2);
  EXPECT_EQ(features.counts_1h().at("like"), 1U);
}

TEST_F(GrpcServerTest, ErrorsNameTheField) {
  const auto events = v1::Events::NewStub(channel_);
  v1::AppendEventsRequest request;
  *request.add_events() = event("u", "302", "stare");
  v1::AppendEventsResponse response;
  grpc::ClientContext context;
  const auto status = events->Append(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), StartsWith("type: "));
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), status.error_code());
  ASSERT_THAT(details.details(), SizeIs(1));
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.BadRequest");
  google::rpc::BadRequest violations;
  ASSERT_TRUE(details.details(0).UnpackTo(&violations));
  EXPECT_EQ(violations.field_violations(0).field(), "type");
}

TEST_F(GrpcServerTest, BatchesAreBounded) {
  const auto events = v1::Events::NewStub(channel_);
  v1::AppendEventsRequest request;
  v1::AppendEventsResponse response;
  grpc::ClientContext empty;
  EXPECT_EQ(events->Append(&empty, request, &response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  for (int i = 0; i < 10'001; ++i) *request.add_events() = event("u", "302", "view");
  grpc::ClientContext full;
  EXPECT_THAT(events->Append(&full, request, &response).error_message(), HasSubstr("at most 10000"));
}

TEST_F(GrpcServerTest, Recommends) {
  const auto stub = v1::Recommendations::NewStub(channel_);
  v1::RecommendRequest request;
  request.set_user_id("196");
  request.set_explain(true);
  request.add_category("drama");
  request.add_exclude("drama1");
  v1::RecommendResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub->Recommend(&context, request, &response).ok());
  EXPECT_EQ(response.model_version(), 1U);
  ASSERT_GT(response.items_size(), 0);
  for (const auto& item : response.items()) {
    EXPECT_NE(item.id(), "drama1");
    EXPECT_EQ(item.categories(0), "drama");
    EXPECT_FALSE(item.reason().empty());
    EXPECT_EQ(item.contributions_size(), static_cast<int>(kRankerFeatures));
  }
  request.set_n(0);
  grpc::ClientContext wrong;
  EXPECT_THAT(stub->Recommend(&wrong, request, &response).error_message(), StartsWith("n: "));
}

TEST_F(GrpcServerTest, SimilarAndTrending) {
  const auto stub = v1::Recommendations::NewStub(channel_);
  v1::SimilarRequest similar;
  similar.set_item_id("drama0");
  v1::ItemList items;
  grpc::ClientContext first;
  ASSERT_TRUE(stub->Similar(&first, similar, &items).ok());
  EXPECT_EQ(items.items(0).id(), "drama1");
  similar.set_item_id("none");
  grpc::ClientContext second;
  EXPECT_EQ(stub->Similar(&second, similar, &items).error_code(), grpc::StatusCode::NOT_FOUND);
  v1::TrendingRequest trending;
  grpc::ClientContext third;
  ASSERT_TRUE(stub->Trending(&third, trending, &items).ok());
  EXPECT_GT(items.items_size(), 0);
}

TEST_F(GrpcServerTest, ItemsFromCreationToDeletion) {
  const auto stub = v1::Catalogue::NewStub(channel_);
  v1::PutItemsRequest put;
  auto& item = *put.add_items();
  item.set_id("a");
  item.set_title("A");
  item.add_tags("t");
  item.set_price(2);
  put.add_items()->set_price(1);  // No id.
  v1::PutResponse outcome;
  grpc::ClientContext first;
  ASSERT_TRUE(stub->PutItems(&first, put, &outcome).ok());
  EXPECT_EQ(outcome.accepted(), 1U);
  EXPECT_EQ(outcome.rejected(0).field(), "id");
  v1::GetItemRequest get;
  get.set_id("a");
  v1::Item found;
  grpc::ClientContext second;
  ASSERT_TRUE(stub->GetItem(&second, get, &found).ok());
  EXPECT_TRUE(found.available());
  EXPECT_GT(found.created_at(), 0);
  EXPECT_EQ(found.price(), 2);
  v1::DeleteItemRequest erase;
  erase.set_id("a");
  google::protobuf::Empty nothing;
  grpc::ClientContext third;
  ASSERT_TRUE(stub->DeleteItem(&third, erase, &nothing).ok());
  grpc::ClientContext fourth;
  EXPECT_EQ(stub->GetItem(&fourth, get, &found).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(GrpcServerTest, UsersFromCreationToErasure) {
  const auto stub = v1::Catalogue::NewStub(channel_);
  v1::PutUsersRequest put;
  put.add_users()->set_id("a");
  put.add_users()->set_id("b");
  v1::PutResponse outcome;
  grpc::ClientContext first;
  ASSERT_TRUE(stub->PutUsers(&first, put, &outcome).ok());
  v1::ListUsersRequest list;
  list.set_limit(1);
  list.set_after("196");
  v1::ListUsersResponse page;
  grpc::ClientContext second;
  ASSERT_TRUE(stub->ListUsers(&second, list, &page).ok());
  EXPECT_EQ(page.users(0).id(), "a");
  EXPECT_EQ(page.next(), "a");
  v1::DeleteUserRequest erase;
  erase.set_id("a");
  google::protobuf::Empty nothing;
  grpc::ClientContext third;
  ASSERT_TRUE(stub->DeleteUser(&third, erase, &nothing).ok());
  v1::GetUserRequest get;
  get.set_id("a");
  v1::User user;
  grpc::ClientContext fourth;
  EXPECT_EQ(stub->GetUser(&fourth, get, &user).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(GrpcServerTest, OnboardsAUser) {
  const auto stub = v1::Onboarding::NewStub(channel_);
  v1::GetSurveyRequest ask;
  ask.set_categories(2);
  v1::Survey survey;
  grpc::ClientContext first;
  ASSERT_TRUE(stub->GetSurvey(&first, ask, &survey).ok());
  EXPECT_EQ(survey.choose(), 3U);
  ASSERT_EQ(survey.categories_size(), 2);
  EXPECT_FALSE(survey.categories(0).items(0).title().empty());
  v1::OnboardingAnswer answer;
  answer.set_user_id("a");
  answer.add_interests(survey.categories(0).category());
  v1::User user;
  grpc::ClientContext second;
  ASSERT_TRUE(stub->Answer(&second, answer, &user).ok());
  EXPECT_EQ(user.interests(0), survey.categories(0).category());
  answer.add_interests("no such category");
  grpc::ClientContext third;
  EXPECT_EQ(stub->Answer(&third, answer, &user).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(GrpcServerTest, TrainsInTheBackground) {
  const auto stub = v1::Training::NewStub(channel_);
  services_.hold_training();
  v1::TrainingStatus status;
  grpc::ClientContext first;
  ASSERT_TRUE(stub->Start(&first, {}, &status).ok());
  EXPECT_TRUE(status.running());
  grpc::ClientContext second;
  EXPECT_EQ(stub->Start(&second, {}, &status).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  services_.finish_training();
  do {
    grpc::ClientContext again;
    ASSERT_TRUE(stub->GetStatus(&again, {}, &status).ok());
  } while (status.running());
  EXPECT_EQ(status.last().version(), 2U);
  v1::ListModelsResponse models;
  grpc::ClientContext third;
  ASSERT_TRUE(stub->ListModels(&third, {}, &models).ok());
  EXPECT_EQ(models.production(), 1U);
  EXPECT_EQ(models.previous(), 2U);
  EXPECT_FALSE(models.has_canary());
}

// grpc.health.v1.HealthCheckResponse is {1: status}; SERVING = 1, NOT_SERVING = 2.
TEST_F(GrpcServerTest, HealthFollowsReadiness) {
  const auto health = [this](const std::string& service) {
    std::string request;
    if (!service.empty()) request = std::string("\x0a") + static_cast<char>(service.size()) + service;
    std::string response;
    EXPECT_TRUE(call_by_name(channel_, "/grpc.health.v1.Health/Check", request, response).ok());
    return response;
  };
  EXPECT_EQ(health(""), "\x08\x01");
  EXPECT_EQ(health("magpie.v1.Recommendations"), "\x08\x01");
  services_.set_not_ready("replaying");
  while (health("") != "\x08\x02") {
  }
  services_.set_not_ready({});
  while (health("magpie.v1.Events") != "\x08\x01") {
  }
}

TEST_F(GrpcServerTest, ReflectionListsTheServices) {
  // The messages of reflection are linked in with the server's plugin.
  const auto* const pool = google::protobuf::DescriptorPool::generated_pool();
  const auto* const descriptor = pool->FindMessageTypeByName("grpc.reflection.v1alpha.ServerReflectionResponse");
  ASSERT_NE(descriptor, nullptr);
  std::string bytes;
  const std::string list_services("\x3a\x01*", 3);
  ASSERT_TRUE(
      call_by_name(channel_, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", list_services, bytes)
          .ok());
  google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<google::protobuf::Message> message(factory.GetPrototype(descriptor)->New());
  ASSERT_TRUE(message->ParseFromString(bytes));
  const std::string text = message->DebugString();
  for (const auto* name : {"magpie.v1.Events", "magpie.v1.Recommendations", "magpie.v1.Catalogue",
                           "magpie.v1.Onboarding", "magpie.v1.Training", "grpc.health.v1.Health"}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
}

TEST_F(GrpcServerTest, LetsCallsInFlightFinishWhenItStops) {
  services_.log().hold();
  auto answer = std::async(std::launch::async, [this] {
    v1::AppendEventsRequest request;
    *request.add_events() = event("u", "242", "view");
    v1::AppendEventsResponse response;
    grpc::ClientContext context;
    const auto status = v1::Events::NewStub(channel_)->Append(&context, request, &response);
    return status.ok() && response.accepted() == 1;
  });
  services_.log().wait_until_held(1);
  std::thread stopper([this] { server_.shutdown(std::chrono::seconds(60)); });
  services_.log().release();
  EXPECT_TRUE(answer.get());
  stopper.join();
}

TEST_F(GrpcServerTest, SaysThatItCannotListen) {
  GrpcServer same(services_.get(), "127.0.0.1:" + std::to_string(server_.port()));
  const auto status = same.start();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), ErrorCode::kFailedPrecondition);
}

}  // namespace
}  // namespace magpie::api
