#include "adapters/embedded/catalogue_record.h"

#include <gtest/gtest.h>

#include "tests/contract/samples.h"

namespace magpie::embedded {
namespace {

TEST(CatalogueRecord, ItemsRoundTrip) {
  EXPECT_EQ(decode_item(encode_item(contract::sample_item("a"))).value(), contract::sample_item("a"));
  Item bare;
  bare.id = ItemId("bare");
  EXPECT_EQ(decode_item(encode_item(bare)).value(), bare);
  Item free = bare;
  free.price = 0.0;  // Not the same as no price.
  EXPECT_EQ(decode_item(encode_item(free)).value(), free);
}

TEST(CatalogueRecord, UsersRoundTrip) {
  EXPECT_EQ(decode_user(encode_user(contract::sample_user("ann"))).value(), contract::sample_user("ann"));
}

TEST(CatalogueRecord, RefusesWhatIsNoRecord) {
  for (const std::string bytes : {"", "\xff\xff\xff", "{\"id\":1}"}) {
    EXPECT_EQ(decode_item(bytes).error().code(), ErrorCode::kDataLoss);
    EXPECT_EQ(decode_user(bytes).error().code(), ErrorCode::kDataLoss);
  }
}

}  // namespace
}  // namespace magpie::embedded
