// The heads' examples are those of the table, column by column.
#include "batch/response_training.h"

#include "tests/sql/feature_fixture.h"

namespace magpie::batch {
namespace {

class ResponseTrainingTest : public FeatureTest {};

TEST_F(ResponseTrainingTest, ReadsTheNewestExamples) {
  write_inputs(random_events(17, 400));
  FeatureSettings settings;
  settings.examples = std::chrono::days(60);
  write_tables(settings);
  const auto location = analytics_.path("merged") / kTrainingExamples;
  const NumberTable table = read_numbers(*analytics_, location, {"event_id"});
  ASSERT_GT(table.size(), 20U);

  const auto all = read_logged_responses(*analytics_, location, 1'000'000);
  ASSERT_TRUE(all.ok()) << all.error().to_string();
  EXPECT_EQ(all->clicks.features.rows, table.size());
  EXPECT_EQ(all->clicks.labels.size(), table.size());
  EXPECT_EQ(all->purchases.size(), table.size());
  double clicked = 0;
  double purchased = 0;
  for (const auto& [id, row] : table) {
    clicked += row.at("clicked");
    purchased += row.at("purchased");
  }
  EXPECT_EQ(std::count(all->clicks.labels.begin(), all->clicks.labels.end(), 1), clicked);
  EXPECT_EQ(std::count(all->purchases.begin(), all->purchases.end(), 1), purchased);

  const auto some = read_logged_responses(*analytics_, location, 10);
  ASSERT_EQ(some->clicks.features.rows, 10U);
  for (std::size_t row = 0; row < 10; ++row) {
    EXPECT_TRUE(std::ranges::equal(some->clicks.features.row(row), all->clicks.features.row(row)));
  }
}

TEST_F(ResponseTrainingTest, ATableThatIsNotThereIsNotFound) {
  EXPECT_EQ(read_logged_responses(*analytics_, analytics_.path("nowhere"), 5).error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace magpie::batch
