#include "api/grpc_onboarding.h"

#include "api/convert_proto.h"
#include "api/onboarding_operations.h"
#include "api/operations.h"

namespace magpie::api {
namespace {

void to_proto(const ItemId& id, const CatalogueSnapshot& catalogue, v1::SurveyItem& out) {
  out.set_id(id.get());
  const Item* const item = find_item(catalogue, id);
  if (item == nullptr) return;
  out.set_title(item->title);
  for (const std::string& name : item->categories) out.add_categories(name);
}

void to_proto(const std::vector<serving::SurveyCategory>& survey, const CatalogueSnapshot& catalogue, v1::Survey& out) {
  out.set_choose(serving::kSurveyChoices);
  for (const serving::SurveyCategory& category : survey) {
    v1::SurveyCategory& message = *out.add_categories();
    message.set_category(category.category);
    for (const ItemId& item : category.examples) to_proto(item, catalogue, *message.add_items());
  }
}

}  // namespace

grpc::ServerUnaryReactor* GrpcOnboarding::GetSurvey(grpc::CallbackServerContext* context,
                                                    const v1::GetSurveyRequest* request, v1::Survey* response) {
  return calls_.answer_on_pool("GetSurvey", context, [=, this]() -> Status {
    const auto given = [](bool has, std::uint32_t value) {
      return has ? std::optional<std::size_t>(value) : std::nullopt;
    };
    MAGPIE_ASSIGN_OR_RETURN(const auto survey,
                            onboarding_survey(services_, given(request->has_categories(), request->categories()),
                                              given(request->has_examples(), request->examples())));
    to_proto(survey, *services_.catalogue.snapshot(), *response);
    return ok_status();
  });
}

grpc::ServerUnaryReactor* GrpcOnboarding::Answer(grpc::CallbackServerContext* context,
                                                 const v1::OnboardingAnswer* request, v1::User* response) {
  return calls_.answer_on_pool("Answer", context, [=, this]() -> Status {
    OnboardingAnswer answer{UserId(request->user_id()), {request->interests().begin(), request->interests().end()}};
    MAGPIE_ASSIGN_OR_RETURN(const User user, onboard(services_, std::move(answer)));
    api::to_proto(user, *response);
    return ok_status();
  });
}

}  // namespace magpie::api
