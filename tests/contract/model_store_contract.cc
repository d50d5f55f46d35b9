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

AliasChange canary(std::uint64_t version, double share) {
  return [=](const ModelAliases& current) { return with_canary(current, ModelVersion(version), share, kNoon); };
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

TEST_P(ModelStoreContract, PromotionKeepsTheWayBack) {
  for (int i = 0; i < 3; ++i) publish(port());
  EXPECT_EQ(port().aliases().value(), ModelAliases());
  ASSERT_TRUE(port().promote(ModelVersion(1)).ok());
  ASSERT_TRUE(port().promote(ModelVersion(3)).ok());
  ASSERT_TRUE(port().promote(ModelVersion(3)).ok());
  EXPECT_EQ(port().aliases().value().production, ModelVersion(3));
  EXPECT_EQ(port().aliases().value().previous, ModelVersion(1)) << "promoted twice is promoted once";
  ASSERT_TRUE(port().update_aliases(rolled_back).ok());
  EXPECT_EQ(port().production().value(), ModelVersion(1));
  EXPECT_EQ(port().aliases().value().previous, ModelVersion(3));
}

TEST_P(ModelStoreContract, HasACanaryWithItsShare) {
  for (int i = 0; i < 2; ++i) publish(port());
  EXPECT_EQ(port().update_aliases(canary(2, 0.1)).error().code(), ErrorCode::kFailedPrecondition)
      << "nothing is in production";
  ASSERT_TRUE(port().promote(ModelVersion(1)).ok());
  ASSERT_TRUE(port().update_aliases(canary(2, 0.1)).ok());
  ASSERT_TRUE(port().update_aliases(canary(2, 0.1 + 0.2)).ok());
  EXPECT_EQ(port().aliases().value().canary, (Canary{ModelVersion(2), 0.1 + 0.2, kNoon, kNoon}));
  const auto withdraw = [](const ModelAliases& a) { return without_canary(a, "fewer clicks: −3%", kNoon); };
  ASSERT_TRUE(port().update_aliases(withdraw).ok());
  EXPECT_EQ(port().aliases().value().canary, std::nullopt);
  EXPECT_EQ(port().aliases().value().rejected, (RejectedCanary{ModelVersion(2), kNoon, "fewer clicks: −3%"}));
}

TEST_P(ModelStoreContract, ARefusedChangeChangesNothing) {
  publish(port());
  publish(port());
  ASSERT_TRUE(port().promote(ModelVersion(1)).ok());
  const ModelAliases before = port().aliases().value();
  EXPECT_EQ(port().promote(ModelVersion(9)).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(port().update_aliases(canary(9, 0.1)).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(port().update_aliases(canary(2, 1.5)).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(port().update_aliases(rolled_back).error().code(), ErrorCode::kFailedPrecondition);
  const auto contradiction = [](ModelAliases a) -> Result<ModelAliases> {
    a.previous = a.production;
    return a;
  };
  EXPECT_EQ(port().update_aliases(contradiction).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(port().aliases().value(), before);
}

// Every change moves production up by one, so a reader between two steps of a promotion would see another difference.
TEST_P(ModelStoreContract, AliasesChangeInOneStep) {
  constexpr std::uint64_t kVersions = 8;
  for (std::uint64_t i = 0; i < kVersions; ++i) publish(port());
  ASSERT_TRUE(port().promote(ModelVersion(1)).ok());
  const auto next = [](const ModelAliases& a) {
    return promoted(a, ModelVersion(a.production->get() % kVersions + 1));
  };
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) EXPECT_TRUE(port().update_aliases(next).ok());
      });
      threads.emplace_back([&] {
        for (int i = 0; i < 100; ++i) {
          const auto seen = port().aliases();
          ASSERT_TRUE(seen.ok()) << seen.error().to_string();
          const auto expected = seen->previous ? seen->previous->get() % kVersions + 1 : 1;
          EXPECT_EQ(seen->production->get(), expected);
        }
      });
    }
  }
  EXPECT_EQ(port().production().value(), ModelVersion(1 + 40 % kVersions)) << "no change was lost";
}

TEST_P(ModelStoreContract, RetainsWhatHasARole) {
  for (int i = 0; i < 9; ++i) publish(port());
  ASSERT_TRUE(port().promote(ModelVersion(2)).ok());
  ASSERT_TRUE(port().promote(ModelVersion(4)).ok());
  ASSERT_TRUE(port().update_aliases(canary(6, 0.1)).ok());
  ASSERT_TRUE(port().retain(1).ok());
  EXPECT_EQ(listed(port()), (Versions{2, 4, 6, 9}));
  ASSERT_TRUE(port().promote(ModelVersion(6)).ok());
  ASSERT_TRUE(port().retain(1).ok());
  EXPECT_EQ(listed(port()), (Versions{4, 6, 9}));
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
  for (int i = 0; i < 3; ++i) publish(port());
  ASSERT_TRUE(port().promote(ModelVersion(1)).ok());
  ASSERT_TRUE(port().promote(ModelVersion(2)).ok());
  ASSERT_TRUE(port().update_aliases(canary(3, 0.25)).ok());
  const ModelAliases before = port().aliases().value();
  if (!restart()) return;
  EXPECT_EQ(listed(port()), (Versions{1, 2, 3}));
  EXPECT_EQ(port().aliases().value(), before);
  EXPECT_EQ(port().load(ModelVersion(1)).value().artifacts, sample_artifacts());
  EXPECT_EQ(publish(port()), ModelVersion(4));
}

}  // namespace
}  // namespace magpie::contract
