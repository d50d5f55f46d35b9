#include "serving/model_loader.h"

#include <gtest/gtest.h>

#include <set>

#include "serving/film_shop_test.h"
#include "serving/model_monitor.h"
#include "tests/fakes/in_memory_catalogue_store.h"
#include "tests/fakes/in_memory_model_store.h"

namespace magpie::serving {
namespace {

// A model store whose versions may be damaged, or which may be out of reach.
class FragileModelStore final : public ModelStore {
 public:
  Result<ModelVersion> publish(const ModelInfo& info, const ModelArtifacts& artifacts) override {
    return store_.publish(info, artifacts);
  }
  Result<ModelAliases> aliases() override {
    if (out_of_reach) return unavailable("out of reach");
    if (aliases_damaged) return data_loss("aliases.json is damaged");
    return store_.aliases();
  }
  Status update_aliases(const AliasChange& change) override { return store_.update_aliases(change); }
  Result<StoredModel> load(ModelVersion version) override {
    ++loads;
    if (damaged.contains(version)) return data_loss("checksum of item_factors does not match");
    if (unreadable.contains(version)) return unavailable("the disk is busy");
    return store_.load(version);
  }
  Result<std::vector<ModelInfo>> list() override { return store_.list(); }
  Status retain(std::size_t keep) override { return store_.retain(keep); }

  std::set<ModelVersion> damaged;
  std::set<ModelVersion> unreadable;
  bool out_of_reach = false;
  bool aliases_damaged = false;
  int loads = 0;

 private:
  fakes::InMemoryModelStore store_;
};

class ModelLoaderTest : public ::testing::Test {
 protected:
  ModelLoaderTest() { EXPECT_TRUE(catalogue_.put_items(films()).ok()); }

  ModelVersion publish(const ModelArtifacts& artifacts = encode_model(trained_model())) {
    const auto version = models_.publish({}, artifacts);
    EXPECT_TRUE(models_.promote(*version).ok());
    return *version;
  }
  // Published, but without a role.
  ModelVersion publish_only() { return models_.publish({}, encode_model(trained_model())).value(); }
  void start_canary(ModelVersion version, double share = 0.5) {
    const auto change = [=](const ModelAliases& a) { return with_canary(a, version, share, kNow); };
    EXPECT_TRUE(models_.update_aliases(change).ok());
  }
  void end_canary() {
    const auto change = [](const ModelAliases& a) { return without_canary(a, "worse", kNow); };
    EXPECT_TRUE(models_.update_aliases(change).ok());
  }
  std::uint64_t in_force() {
    const auto model = holder_.get();
    return model == nullptr ? 0 : model->version().get();
  }
  std::uint64_t canary_in_force() {
    const auto lineup = holder_.lineup();
    return lineup->canary ? lineup->canary->model->version().get() : 0;
  }
  double gauge_of_version(const char* role) {
    return metrics_.gauge("magpie_model_version", "", {{"role", role}}).value();
  }

  FragileModelStore models_;
  fakes::InMemoryCatalogueStore catalogue_;
  fakes::InMemoryVectorIndexFactory indexes_;
  ModelHolder holder_;
  Metrics metrics_;
  ModelLoader loader_{models_, catalogue_, indexes_, holder_, metrics_};
};

TEST_F(ModelLoaderTest, NoModelIsNoFailure) {
  EXPECT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(holder_.get(), nullptr);
  EXPECT_TRUE(loader_.problems().empty());
}

TEST_F(ModelLoaderTest, FollowsProduction) {
  publish();
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(in_force(), 1U);
  EXPECT_EQ(holder_.get()->model(), trained_model());
  publish();
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(in_force(), 2U);
  ASSERT_TRUE(models_.promote(ModelVersion(1)).ok());
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(in_force(), 1U) << "a rollback is a promotion, too";
  EXPECT_EQ(gauge_of_version("production"), 1);
  EXPECT_EQ(gauge_of_version("canary"), 0);
}

TEST_F(ModelLoaderTest, DoesNothingWhenNothingChanged) {
  publish();
  ASSERT_TRUE(loader_.refresh().ok());
  const auto before = holder_.get();
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(holder_.get(), before);
  EXPECT_EQ(models_.loads, 1);
}

TEST_F(ModelLoaderTest, JoinsAChangedCatalogue) {
  publish();
  ASSERT_TRUE(loader_.refresh().ok());
  ASSERT_TRUE(catalogue_.put_items({film("new", {"war"})}).ok());
  ASSERT_TRUE(loader_.refresh().ok());
  const auto item = catalogue_.snapshot()->find(ItemId("new"));
  EXPECT_TRUE(holder_.get()->row_of(*item));
  EXPECT_EQ(models_.loads, 1) << "the model itself is not read again";
}

TEST_F(ModelLoaderTest, UsesTheStoredIndexAndBuildsOneWhereItCannot) {
  auto artifacts = encode_model(trained_model());
  artifacts[kIndexArtifact] = "no index";
  publish(artifacts);
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(holder_.get()->index().size(), 15U);
  artifacts[kIndexArtifact] = *(*indexes_.build(trained_model().item_factors))->serialize();
  publish(artifacts);
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(in_force(), 2U);
  EXPECT_EQ(holder_.get()->index().size(), 15U);
}

TEST_F(ModelLoaderTest, KeepsTheLastGoodModelWhenTheNewOneIsDamaged) {
  publish();
  ASSERT_TRUE(loader_.refresh().ok());
  models_.damaged.insert(publish());
  const Status refused = loader_.refresh();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(in_force(), 1U);
  EXPECT_EQ(loader_.problems(), std::vector<std::string>{"model 2 (production) is not loaded: data loss: checksum of "
                                                         "item_factors does not match"});
  EXPECT_EQ(metrics_.counter("magpie_model_load_failures_total", "").value(), 1);

  EXPECT_TRUE(loader_.refresh().ok()) << "a refusal is reported once";
  EXPECT_EQ(loader_.problems().size(), 1U);
  EXPECT_EQ(models_.loads, 2);
  publish();
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(in_force(), 3U);
  EXPECT_TRUE(loader_.problems().empty());
}

TEST_F(ModelLoaderTest, RefusesArtifactsThatDoNotFitEachOther) {
  publish();
  ASSERT_TRUE(loader_.refresh().ok());
  auto artifacts = encode_model(trained_model());
  artifacts.erase(artifacts.begin());
  publish(artifacts);
  EXPECT_FALSE(loader_.refresh().ok());
  EXPECT_EQ(in_force(), 1U);
}

TEST_F(ModelLoaderTest, StartsOnTheNewestIntactVersion) {
  publish();
  publish();
  models_.damaged.insert(publish());
  models_.damaged.insert(publish());
  EXPECT_FALSE(loader_.refresh().ok());
  EXPECT_EQ(in_force(), 2U);
  EXPECT_EQ(loader_.problems().size(), 1U);
}

TEST_F(ModelLoaderTest, StartsOnWhatWasInProductionBefore) {
  publish();
  publish_only();  // Newer, but nobody ever put it in production.
  models_.damaged.insert(publish());
  EXPECT_FALSE(loader_.refresh().ok());
  EXPECT_EQ(in_force(), 1U);
}

TEST_F(ModelLoaderTest, DoesNotStartOnARejectedCanary) {
  publish();
  start_canary(publish_only());
  end_canary();
  models_.damaged = {ModelVersion(1), publish()};
  EXPECT_FALSE(loader_.refresh().ok());
  EXPECT_EQ(in_force(), 0U);
}

TEST_F(ModelLoaderTest, StartsWithoutAliasesOnTheNewestIntactVersion) {
  publish();
  publish_only();
  models_.damaged.insert(publish_only());
  models_.aliases_damaged = true;
  EXPECT_EQ(loader_.refresh().error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(in_force(), 2U);
  EXPECT_TRUE(loader_.refresh().ok()) << "reported once";
  EXPECT_EQ(loader_.problems(),
            std::vector<std::string>{"the model (production) is not loaded: data loss: aliases.json is damaged"});
  models_.aliases_damaged = false;
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(in_force(), 1U);
  EXPECT_TRUE(loader_.problems().empty());
}

TEST_F(ModelLoaderTest, ServesTheCanaryBesideProduction) {
  publish();
  start_canary(publish_only(), 0.25);
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(in_force(), 1U);
  EXPECT_EQ(canary_in_force(), 2U);
  EXPECT_EQ(holder_.lineup()->canary_share, 0.25);
  EXPECT_EQ(gauge_of_version("canary"), 2);
  start_canary(ModelVersion(2), 0.5);
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(holder_.lineup()->canary_share, 0.5);
  EXPECT_EQ(models_.loads, 2);
  end_canary();
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(canary_in_force(), 0U);
  EXPECT_EQ(gauge_of_version("canary"), 0);
}

TEST_F(ModelLoaderTest, APromotedCanaryIsNotReadAgain) {
  publish();
  start_canary(publish_only());
  ASSERT_TRUE(loader_.refresh().ok());
  const auto canary = holder_.lineup()->canary->model;
  ASSERT_TRUE(models_.promote(ModelVersion(2)).ok());
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(holder_.get(), canary);
  EXPECT_EQ(canary_in_force(), 0U);
  EXPECT_EQ(models_.loads, 2);
}

TEST_F(ModelLoaderTest, ADamagedCanaryLeavesProductionServing) {
  publish();
  models_.damaged.insert(publish_only());
  start_canary(ModelVersion(2));
  EXPECT_EQ(loader_.refresh().error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(in_force(), 1U);
  EXPECT_EQ(canary_in_force(), 0U);
  EXPECT_TRUE(loader_.refresh().ok()) << "a refusal is reported once";
  EXPECT_EQ(models_.loads, 2);
  ASSERT_EQ(loader_.problems().size(), 1U);
  EXPECT_NE(loader_.problems()[0].find("model 2 (canary) is not loaded"), std::string::npos);
  ModelMonitor monitor(holder_, loader_);
  EXPECT_FALSE(monitor.service_of(ModelVersion(2))->in_force);
  EXPECT_NE(monitor.service_of(ModelVersion(2))->refusal.find("checksum"), std::string::npos);
  EXPECT_TRUE(monitor.service_of(ModelVersion(1))->in_force);
  end_canary();
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_TRUE(loader_.problems().empty());
}

TEST_F(ModelLoaderTest, ACanaryThatMayComeLaterIsNotRefused) {
  publish();
  models_.unreadable.insert(publish_only());
  start_canary(ModelVersion(2));
  EXPECT_EQ(loader_.refresh().error().code(), ErrorCode::kUnavailable);
  ModelMonitor monitor(holder_, loader_);
  EXPECT_FALSE(monitor.service_of(ModelVersion(2))->in_force);
  EXPECT_EQ(monitor.service_of(ModelVersion(2))->refusal, "");
  EXPECT_EQ(loader_.problems().size(), 1U);
  models_.unreadable.clear();
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(canary_in_force(), 2U);
}

TEST_F(ModelLoaderTest, ANewCanaryTakesThePlaceOfTheOld) {
  publish();
  start_canary(publish_only());
  ASSERT_TRUE(loader_.refresh().ok());
  models_.damaged.insert(publish_only());
  start_canary(ModelVersion(3));
  EXPECT_FALSE(loader_.refresh().ok());
  EXPECT_EQ(canary_in_force(), 0U) << "nobody is told to serve version 2 any more";
}

TEST_F(ModelLoaderTest, BothAreJoinedWithAChangedCatalogue) {
  publish();
  start_canary(publish_only());
  ASSERT_TRUE(loader_.refresh().ok());
  ASSERT_TRUE(catalogue_.put_items({film("new", {"war"})}).ok());
  ASSERT_TRUE(loader_.refresh().ok());
  const auto item = catalogue_.snapshot()->find(ItemId("new"));
  EXPECT_TRUE(holder_.get()->row_of(*item));
  EXPECT_TRUE(holder_.lineup()->canary->model->row_of(*item));
  EXPECT_EQ(models_.loads, 2);
}

TEST_F(ModelLoaderTest, StoreOutOfReachChangesNothingAndIsTriedAgain) {
  publish();
  ASSERT_TRUE(loader_.refresh().ok());
  publish();
  models_.out_of_reach = true;
  EXPECT_EQ(loader_.refresh().error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(in_force(), 1U);
  models_.out_of_reach = false;
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(in_force(), 2U);
}

}  // namespace
}  // namespace magpie::serving
