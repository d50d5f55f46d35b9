#include "serving/model_loader.h"

#include <gtest/gtest.h>

#include <set>

#include "serving/film_shop_test.h"
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
  Result<ModelVersion> production() override {
    if (out_of_reach) return unavailable("out of reach");
    return store_.production();
  }
  Status promote(ModelVersion version) override { return store_.promote(version); }
  Result<StoredModel> load(ModelVersion version) override {
    ++loads;
    if (damaged.contains(version)) return data_loss("checksum of item_factors does not match");
    return store_.load(version);
  }
  Result<std::vector<ModelInfo>> list() override { return store_.list(); }
  Status retain(std::size_t keep) override { return store_.retain(keep); }

  std::set<ModelVersion> damaged;
  bool out_of_reach = false;
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
  std::uint64_t in_force() {
    const auto model = holder_.get();
    return model == nullptr ? 0 : model->version().get();
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
  EXPECT_EQ(loader_.problem(), std::nullopt);
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
  EXPECT_EQ(metrics_.gauge("magpie_model_version", "").value(), 1);
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
  ASSERT_TRUE(loader_.problem());
  EXPECT_NE(loader_.problem()->find("model 2"), std::string::npos) << *loader_.problem();
  EXPECT_EQ(metrics_.counter("magpie_model_load_failures_total", "").value(), 1);

  EXPECT_TRUE(loader_.refresh().ok()) << "a refusal is reported once";
  EXPECT_TRUE(loader_.problem());
  EXPECT_EQ(models_.loads, 2);
  publish();
  ASSERT_TRUE(loader_.refresh().ok());
  EXPECT_EQ(in_force(), 3U);
  EXPECT_EQ(loader_.problem(), std::nullopt);
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
  EXPECT_TRUE(loader_.problem());
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
