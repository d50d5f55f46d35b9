// The service Onboarding of api/proto/magpie/v1/magpie.proto over onboarding_operations.h. Thread-safe.
#pragma once

#include "api/grpc_calls.h"
#include "api/services.h"
#include "magpie/v1/magpie.grpc.pb.h"

namespace magpie::api {

class GrpcOnboarding final : public v1::Onboarding::CallbackService {
 public:
  GrpcOnboarding(Services& services, GrpcCalls& calls) : services_(services), calls_(calls) {}
  grpc::ServerUnaryReactor* GetSurvey(grpc::CallbackServerContext* context, const v1::GetSurveyRequest* request,
                                      v1::Survey* response) override;
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const v1::OnboardingAnswer* request,
                                   v1::User* response) override;

 private:
  Services& services_;
  GrpcCalls& calls_;
};

}  // namespace magpie::api
