#include "tests/contract/model_store_contract.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <thread>

#include "tests/contract/samples.h"

namespace magpie::contract {
namespace {

ModelInfo sample_info() {
  ModelInfo info;
  info.version = ModelVersion(999);  // The store gives its own.
  info.created_at = kNoon;
  info.window_start = kNoon - std::chrono::days(90);
  info.window_end = kNoon;
  info.events = 100'000;
  info.users = 943;
  info.items = 1682;
  info.metrics = {{"validation_ndcg@10", 0.1 + 0.2}, {"validation_hr@10", 0.085}};
  info.parameters = {{"als.factors", "64"}, {"note", "zoë \"quoted\""}};
  return info;
}

ModelArtifacts sample_artifacts() {
  std::string binary;
  for (int i = 0; i < 3000; ++i) binary.push_back(static_cast<char>(i * 7));
  return {{"items", "one\ntwo"}, {"item_factors", binary}, {"empty", ""}};
}

ModelVersion publish(ModelStore& store) {
  const auto version = store.publish(sample_info(), sample_artifacts());
  EXPECT_TRUE(version.ok());
  return version.ok() ? *version : ModelVersion(0);
}

std::vector<std::uint64_t> listed(ModelStore& store) {
  std::vector<std::uint64_t> versions;
  const auto infos = store.list();
  EXPECT_TRUE(infos.ok());
  for (const auto& info : *infos) versions.push_back(info.version.get());
  return versions;
}

void expect_equal(const ModelInfo& info, const ModelInfo& expected) {
  EXPECT_EQ(info.version, expected.version);
  EXPECT_EQ(info.created_at, expected.created_at);
  EXPECT_EQ(info.window_start, expected.window_start);
  EXPECT_EQ(info.window_end, expected.window_end);
  EXPECT_EQ(info.events, expected.events);
  EXPECT_EQ(info.users, expected.users);
  EXPECT_EQ(info.items, expected.items);
  EXPECT_EQ(info.metrics, expected.metrics);
  EXPECT_EQ(info.parameters, expected.parameters);
}

using Versions = std::vector<std::uint64_t>;

TEST_P(ModelStoreContract, IsEmptyAtFirst) {
  EXPECT_EQ(listed(port()), Versions());
  EXPECT_EQ(port().production().error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(port().load(ModelVersion(1)).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(port().promote(ModelVersion(1)).error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(port().retain(3).ok());
}

TEST_P(ModelStoreContract, GivesBackWhatWasPublished) {
  ASSERT_EQ(publish(port()), ModelVersion(1));
  const auto model = port().load(ModelVersion(1));
  ASSERT_TRUE(model.ok());
  ModelInfo expected = sample_info();
  expected.version = ModelVersion(1);
  expect_equal(model->info, expected);
  EXPECT_EQ(model->artifacts, sample_artifacts());
  expect_equal(port().list().value().at(0), expected);
}

TEST_P(ModelStoreContract, CountsVersionsUp) {
  EXPECT_EQ(publish(port()), ModelVersion(1));
  EXPECT_EQ(publish(port()), ModelVersion(2));
  EXPECT_EQ(publish(port()), ModelVersion(3));
  EXPECT_EQ(listed(port()), (Versions{1, 2, 3}));
}

TEST_P(ModelStoreContract, OnlyPromotionPutsInProduction) {
  publish(port());
  publish(port());
  EXPECT_EQ(port().production().error().code(), ErrorCode::kNotFound);
  ASSERT_TRUE(port().promote(ModelVersion(2)).ok());
  EXPECT_EQ(port().production().value(), ModelVersion(2));
  publish(port());
  EXPECT_EQ(port().production().value(), ModelVersion(2));
  ASSERT_TRUE(port().promote(ModelVersion(1)).ok());  // Back again.
  EXPECT_EQ(port().production().value(), ModelVersion(1));
  EXPECT_FALSE(port().promote(ModelVersion(9)).ok());
  EXPECT_EQ(port().production().value(), ModelVersion(1));
}

TEST_P(ModelStoreContract, RetainsTheNewestAndProduction) {
  for (int i = 0; i < 5; ++i) publish(port());
  ASSERT_TRUE(port().promote(ModelVersion(2)).ok());
  ASSERT_TRUE(port().retain(2).ok());
  EXPECT_EQ(listed(port()), (Versions{2, 4, 5}));
  EXPECT_EQ(port().load(ModelVersion(1)).error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(port().load(ModelVersion(2)).ok());
  ASSERT_TRUE(port().retain(10).ok());
  EXPECT_EQ(listed(port()), (Versions{2, 4, 5}));
  EXPECT_EQ(publish(port()), ModelVersion(6));
}

TEST_P(ModelStoreContract, GivesEachPublisherItsOwnVersion) {
  constexpr int kThreads = 4;
  std::mutex mutex;
  Versions versions;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        const ModelVersion version = publish(port());
        const std::lock_guard lock(mutex);
        versions.push_back(version.get());
      });
    }
  }
  std::ranges::sort(versions);
  EXPECT_EQ(versions, (Versions{1, 2, 3, 4}));
  EXPECT_EQ(listed(port()), versions);
}

TEST_P(ModelStoreContract, SurvivesARestart) {
  publish(port());
  publish(port());
  ASSERT_TRUE(port().promote(ModelVersion(2)).ok());
  if (!restart()) return;
  EXPECT_EQ(listed(port()), (Versions{1, 2}));
  EXPECT_EQ(port().production().value(), ModelVersion(2));
  EXPECT_EQ(port().load(ModelVersion(1)).value().artifacts, sample_artifacts());
  EXPECT_EQ(publish(port()), ModelVersion(3));
}

}  // namespace
}  // namespace magpie::contract
