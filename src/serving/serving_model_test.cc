#include "serving/serving_model.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "serving/film_shop_test.h"
#include "serving/similar.h"

namespace magpie::serving {
namespace {

using Ids = std::vector<std::string>;

TEST(ServingModel, MapsRowsAndItemsBothWays) {
  auto items = films();
  std::reverse(items.begin(), items.end());  // The catalogue's order is not the model's.
  const std::vector<ItemId> deleted{ItemId("space2")};
  const auto catalogue = snapshot_of(items)->with({film("new", {"war", "western"})}, deleted);
  const auto model = serving_model(catalogue);
  ASSERT_EQ(model->rows(), 16U) << "15 of the model, one newer";
  for (std::uint32_t row = 0; row < 15; ++row) {
    const auto item = model->item_of(row);
    if (model->model().items[row] == ItemId("space2")) {
      EXPECT_FALSE(item);
      continue;
    }
    ASSERT_TRUE(item);
    EXPECT_EQ(catalogue->at(*item)->item.id, model->model().items[row]);
    EXPECT_EQ(model->row_of(*item), row);
    EXPECT_EQ(model->row_of_hash(hash64(model->model().items[row].get())), row);
  }
  EXPECT_EQ(id_of(*catalogue, *model->item_of(15)), "new");
  EXPECT_FALSE(model->item_of(16));
  EXPECT_FALSE(model->row_of(ItemIndex(1000)));
  EXPECT_FALSE(model->row_of_hash(hash64("unheard of")));
}

TEST(ServingModel, NewerItemsHaveContentAndCategories) {
  const auto catalogue = snapshot_of(films())->with({film("new", {"war", "western"})}, {});
  const auto model = serving_model(catalogue);
  EXPECT_EQ(model->content().rows(), 16U);
  EXPECT_FALSE(model->content().row_indices(15).empty());
  const ItemTable table = model->table();
  ASSERT_EQ(table.categories.rows(), 16U);
  ASSERT_EQ(table.categories.row_indices(15).size(), 2U);
  EXPECT_EQ(table.categories.row_values(15)[0], 0.5F);
}

TEST(ServingModel, SharesWhatDidNotChange) {
  const auto catalogue = snapshot_of(films());
  const auto model = serving_model(catalogue);
  EXPECT_EQ(&model->content(), &model->model().content.item_vectors) << "no newer item, no copy";
  const auto joined = ServingModel::join(model->learned(), catalogue->with({film("new", {})}, {}));
  EXPECT_EQ(&joined->model(), &model->model());
  EXPECT_EQ(&joined->index(), &model->index());
  EXPECT_NE(&joined->content(), &model->content());
}

TEST(ServingModel, OrdersByPopularity) {
  const auto catalogue = snapshot_of(films())->with({film("a_new", {"war"}), film("b_new", {"war"})}, {});
  const auto model = serving_model(catalogue);
  ASSERT_EQ(model->popular().size(), 17U);
  EXPECT_EQ(id_of(*catalogue, model->popular()[0]), "drama0");
  EXPECT_EQ(id_of(*catalogue, model->popular()[14]), "war4");
  EXPECT_EQ(id_of(*catalogue, model->popular()[15]), "b_new") << "of two unseen items the newer one";
  const auto war = model->popular_in(*catalogue->find_category("war"));
  ASSERT_EQ(war.size(), 7U);
  EXPECT_EQ(id_of(*catalogue, war[0]), "war0");
  EXPECT_TRUE(model->popular_in(CategoryIndex(99)).empty());
  EXPECT_FLOAT_EQ(model->recent_popularity(model->recently_popular()[0]), 1.5F);
  EXPECT_EQ(model->recent_popularity(*catalogue->find(ItemId("a_new"))), 0);
}

TEST(ServingModel, RefusesAnIndexOfOtherFactors) {
  const auto built = ServingModel::build(
      trained_model(), {}, std::make_unique<fakes::InMemoryVectorIndex>(Matrix(3, 3)), snapshot_of(films()));
  ASSERT_FALSE(built.ok());
  EXPECT_EQ(built.error().code(), ErrorCode::kDataLoss);
}

TEST(ServingModel, EmptyCatalogueIsServed) {
  const auto model = serving_model(snapshot_of({}));
  EXPECT_EQ(model->rows(), 15U);
  EXPECT_TRUE(model->popular().empty());
  EXPECT_FALSE(model->item_of(0));
}

class SimilarTest : public ::testing::Test {
 protected:
  Ids similar(const std::string& id, std::size_t n) {
    found_ = similar_items(*model_, *catalogue_, *catalogue_->find(ItemId(id)), n);
    Ids ids;
    for (const SimilarItem& item : found_) ids.push_back(item.item.get());
    return ids;
  }
  std::shared_ptr<const CatalogueSnapshot> catalogue_ = snapshot_of(films());
  std::shared_ptr<const ServingModel> model_ = serving_model(catalogue_);
  std::vector<SimilarItem> found_;
};

TEST_F(SimilarTest, NeighboursFirst) {
  EXPECT_EQ(similar("space0", 3), (Ids{"space1", "space2", "space3"}));
  for (const SimilarItem& item : found_) EXPECT_EQ(item.source, Source::kItemToItem);
}

TEST_F(SimilarTest, WithdrawnItemsAreLeftOutAndContentFillsUp) {
  Item withdrawn = film("space1", {"space"});
  withdrawn.available = false;
  const std::vector<ItemId> deleted{ItemId("space2")};
  catalogue_ = catalogue_->with({withdrawn, film("new", {"space"})}, deleted);
  model_ = ServingModel::join(model_->learned(), catalogue_);
  const Ids ids = similar("space0", 3);
  EXPECT_EQ(ids, (Ids{"space3", "space4", "new"}));
  EXPECT_EQ(found_[2].source, Source::kContent);
}

TEST_F(SimilarTest, NewItemsByContentEvenBeforeTheJoin) {
  catalogue_ = catalogue_->with({film("new", {"war"})}, {});
  const Ids unjoined = similar("new", 3);
  EXPECT_EQ(unjoined, (Ids{"war0", "war1", "war2"}));
  model_ = ServingModel::join(model_->learned(), catalogue_);
  EXPECT_EQ(similar("new", 3), unjoined);
}

}  // namespace
}  // namespace magpie::serving
