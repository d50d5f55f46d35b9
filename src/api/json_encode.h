// Answers in JSON, as api/openapi.yaml describes them. Each function appends to `out`.
// Thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/batch_outcome.h"
#include "api/json_writer.h"
#include "api/model_operations.h"
#include "api/operations.h"
#include "batch/training_job.h"
#include "model/catalogue.h"
#include "model/recommendation.h"
#include "serving/cold_start/survey.h"

namespace magpie::api {

// Titles and categories come from the catalogue; an item that it lacks by now is given without.
void write_recommendation(const Recommendation& recommendation, const CatalogueSnapshot& catalogue, bool explain,
                          std::string& out);
void write_similar(std::span<const SimilarItem> items, const CatalogueSnapshot& catalogue, std::string& out);
void write_trending(std::span<const TrendingItem> items, const CatalogueSnapshot& catalogue, std::string& out);

void write_item(const Item& item, std::string& out);
void write_user(const User& user, std::string& out);
void write_survey(std::span<const serving::SurveyCategory> survey, const CatalogueSnapshot& catalogue,
                  std::string& out);
void write_user_page(const UserPage& page, std::string& out);
void write_user_features(const UserFeatureReport& report, const CatalogueSnapshot& catalogue, const EventTypes& types,
                         std::string& out);

void write_rejections(std::span<const Rejection> rejected, JsonWriter& json);
void write_batch_outcome(const BatchOutcome& outcome, bool with_ids, std::string& out);

void write_training_status(const batch::TrainingStatus& status, std::string& out);
void write_models(const ModelList& list, std::string& out);
void write_ready(std::span<const std::string> warnings, std::string& out);

}  // namespace magpie::api
