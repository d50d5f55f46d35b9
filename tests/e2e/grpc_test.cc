// The whole engine over gRPC: the same answers as over HTTP, the same errors.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <magpie/v1/magpie.grpc.pb.h>

#include "app/http_client.h"
#include "e2e/running_engine.h"
#include "e2e/shop.h"

namespace magpie::tests {
namespace {

using ::testing::HasSubstr;

class EngineOverGrpc : public ::testing::Test {
 protected:
  void SetUp() override {
    engine_.fill_shop();
    channel_ = grpc::CreateChannel(app::to_string(engine_.addresses().grpc), grpc::InsecureChannelCredentials());
  }

  v1::RecommendResponse recommend(const v1::RecommendRequest& request) {
    grpc::ClientContext context;
    v1::RecommendResponse response;
    const auto status = v1::Recommendations::NewStub(channel_)->Recommend(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  RunningEngine engine_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(EngineOverGrpc, RecommendsTheSameAsHttp) {
  for (int user = 0; user < 10; ++user) {
    v1::RecommendRequest request;
    request.set_user_id(user_id(user));
    // Eventually: new trending lists may come out between the two questions.
    EXPECT_TRUE(eventually([&] {
      std::vector<std::string> ids;
      const auto response = recommend(request);
      for (const auto& item : response.items()) ids.push_back(item.id());
      return ids == engine_.recommend(user_id(user));
    })) << user;
  }
}

TEST_F(EngineOverGrpc, ExplainsEveryItem) {
  v1::RecommendRequest request;
  request.set_user_id(user_id(1));
  request.set_explain(true);
  const auto response = recommend(request);
  EXPECT_EQ(response.items_size(), 10);
  for (const auto& item : response.items()) EXPECT_FALSE(item.reason().empty());
}

TEST_F(EngineOverGrpc, TakesEventsAndShowsThemInFeatures) {
  grpc::ClientContext context;
  v1::AppendEventsRequest request;
  auto& good = *request.add_events();
  good.set_user_id("user-0");
  good.set_item_id("item-1");
  good.set_type("click");
  auto& bad = *request.add_events();
  bad.set_user_id("user-0");
  bad.set_item_id("item-1");
  bad.set_type("stare");
  v1::AppendEventsResponse response;
  const auto status = v1::Events::NewStub(channel_)->Append(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.accepted(), 1U);
  ASSERT_EQ(response.rejected_size(), 1);
  EXPECT_EQ(response.rejected(0).index(), 1U);
  EXPECT_EQ(response.rejected(0).field(), "type");
  EXPECT_TRUE(eventually([&] {
    grpc::ClientContext inner;
    v1::GetUserRequest user;
    user.set_id("user-0");
    v1::UserFeatures features;
    EXPECT_TRUE(v1::Catalogue::NewStub(channel_)->GetUserFeatures(&inner, user, &features).ok());
    return features.last_5_items_size() > 0 && features.last_5_items(0) == "item-1";
  }));
}

TEST_F(EngineOverGrpc, NamesTheFieldThatIsWrong) {
  grpc::ClientContext context;
  v1::RecommendRequest request;
  v1::RecommendResponse response;
  const auto status = v1::Recommendations::NewStub(channel_)->Recommend(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("user_id"));
}

TEST_F(EngineOverGrpc, ErasesAUser) {
  grpc::ClientContext context;
  v1::DeleteUserRequest request;
  request.set_id("user-2");
  google::protobuf::Empty nothing;
  ASSERT_TRUE(v1::Catalogue::NewStub(channel_)->DeleteUser(&context, request, &nothing).ok());
  EXPECT_EQ(engine_.status_of("/v1/users/user-2"), 404U);
}

}  // namespace
}  // namespace magpie::tests
