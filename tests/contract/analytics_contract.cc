#include "tests/contract/analytics_contract.h"

#include <algorithm>
#include <optional>
#include <span>

#include "tests/contract/samples.h"

namespace magpie::contract {
namespace {

// The rows of a query, of which each column is an integer.
using Integers = std::vector<std::vector<std::optional<std::int64_t>>>;

Integers integers(Analytics& analytics, const AnalyticsQuery& query) {
  Integers found;
  const Status status = analytics.visit(query, [&found](const AnalyticsRows& rows) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      found.emplace_back();
      for (const auto& column : rows.columns) found.back().push_back(std::get<IntegerColumn>(column.values)[row]);
    }
    return ok_status();
  });
  EXPECT_TRUE(status.ok()) << status.to_string();
  return found;
}

std::vector<Event> scan(Analytics& analytics, const std::filesystem::path& events) {
  std::vector<Event> found;
  const Status status = analytics.scan_events(events, [&found](std::span<const Event> batch) {
    found.insert(found.end(), batch.begin(), batch.end());
    return ok_status();
  });
  EXPECT_TRUE(status.ok()) << status.to_string();
  return found;
}

Analytics::EventSource source_of(const std::vector<Event>& events) {
  return [events](const Analytics::VisitEvents& visit) { return visit(events); };
}

AnalyticsRows sample_rows() {
  return {{{"name", TextColumn{"ann", std::nullopt, "zoë 'quoted'"}},
           {"count", IntegerColumn{1, -7, std::nullopt}},
           {"share", RealColumn{0.25, std::nullopt, 1e300}},
           {"tags", ListColumn{{"a", "b, \"c\""}, {}, {"ü"}}}}};
}

TEST_P(AnalyticsContract, RowsComeBackAsTheyWereWritten) {
  ASSERT_EQ(port().write_rows(sample_rows(), at("table")).value().rows, 3U);
  const AnalyticsQuery all{{{"rows", at("table")}}, {}, "SELECT name, count, share, tags FROM rows ORDER BY share"};
  std::vector<std::string> names;
  const Status status = port().visit(all, [&](const AnalyticsRows& rows) {
    EXPECT_EQ(rows.columns.size(), 4U);
    // Where NULL sorts is not said: find the rows by their name.
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const auto name = rows.get<TextColumn>("name")[row];
      names.push_back(name.value_or("(null)"));
      const auto& written = sample_rows();
      const auto& expected_names = written.get<TextColumn>("name");
      const auto expected = static_cast<std::size_t>(std::ranges::find(expected_names, name) - expected_names.begin());
      EXPECT_EQ(rows.get<IntegerColumn>("count")[row], written.get<IntegerColumn>("count")[expected]);
      EXPECT_EQ(rows.get<RealColumn>("share")[row], written.get<RealColumn>("share")[expected]);
      EXPECT_EQ(rows.get<ListColumn>("tags")[row], written.get<ListColumn>("tags")[expected]);
    }
    return ok_status();
  });
  ASSERT_TRUE(status.ok()) << status.to_string();
  std::ranges::sort(names);
  EXPECT_EQ(names, (std::vector<std::string>{"(null)", "ann", "zoë 'quoted'"}));
}

TEST_P(AnalyticsContract, AQueryReadsTablesAndViewsBeforeIt) {
  ASSERT_TRUE(port().write_rows({{{"n", IntegerColumn{1, 2, 3, 4}}}}, at("numbers")).ok());
  const AnalyticsQuery query{
      {{"numbers", at("numbers")}},
      {{"even", "-- view\nSELECT n FROM numbers WHERE n % 2 = 0"}, {"doubled", "SELECT 2 * n AS n FROM even"}},
      "-- query\nSELECT n FROM doubled ORDER BY n DESC"};
  EXPECT_EQ(integers(port(), query), (Integers{{8}, {4}}));
  ASSERT_EQ(port().write(query, at("written")).value().rows, 2U);
  EXPECT_EQ(integers(port(), {{{"written", at("written")}}, {}, "SELECT n FROM written ORDER BY n"}),
            (Integers{{4}, {8}}));
}

TEST_P(AnalyticsContract, WritingAgainReplaces) {
  ASSERT_TRUE(port().write_rows({{{"n", IntegerColumn{1, 2, 3}}}}, at("table")).ok());
  ASSERT_TRUE(port().write_rows({{{"n", IntegerColumn{5}}}}, at("table")).ok());
  EXPECT_EQ(integers(port(), {{{"t", at("table")}}, {}, "SELECT n FROM t"}), (Integers{{5}}));
}

TEST_P(AnalyticsContract, ATableMayBeEmpty) {
  ASSERT_EQ(port().write_rows({{{"n", IntegerColumn{}}}}, at("table")).value().rows, 0U);
  EXPECT_TRUE(integers(port(), {{{"t", at("table")}}, {}, "SELECT n FROM t"}).empty());
  EXPECT_EQ(integers(port(), {{{"t", at("table")}}, {}, "SELECT count(*) AS n FROM t"}), (Integers{{0}}));
}

TEST_P(AnalyticsContract, ALocationMayHoldTables) {
  ASSERT_TRUE(port().write_rows({{{"n", IntegerColumn{1}}}}, at("all") / "part-0").ok());
  ASSERT_TRUE(port().write_rows({{{"n", IntegerColumn{2}}}}, at("all") / "part-1").ok());
  EXPECT_EQ(integers(port(), {{{"t", at("all")}}, {}, "SELECT n FROM t ORDER BY n"}), (Integers{{1}, {2}}));
}

TEST_P(AnalyticsContract, AMissingTableIsNotFound) {
  const AnalyticsQuery query{{{"t", at("nothing")}}, {}, "SELECT 1 AS one FROM t"};
  EXPECT_EQ(port().write(query, at("out")).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(port().visit(query, [](const AnalyticsRows&) { return ok_status(); }).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(port().scan_events(at("nothing"), [](auto) { return ok_status(); }).error().code(), ErrorCode::kNotFound);
}

TEST_P(AnalyticsContract, ARefusedQueryLeavesTheOldTable) {
  ASSERT_TRUE(port().write_rows({{{"n", IntegerColumn{1}}}}, at("table")).ok());
  EXPECT_EQ(port().write({{}, {}, "SELECT nonsense FROM nowhere"}, at("table")).error().code(), ErrorCode::kInternal);
  EXPECT_EQ(integers(port(), {{{"t", at("table")}}, {}, "SELECT n FROM t"}), (Integers{{1}}));
}

TEST_P(AnalyticsContract, AFailingVisitorEndsTheVisit) {
  ASSERT_TRUE(port().write_rows({{{"n", IntegerColumn(100'000, 1)}}}, at("table")).ok());
  int calls = 0;
  const Status status =
      port().visit({{{"t", at("table")}}, {}, "SELECT n FROM t"}, [&](const AnalyticsRows&) -> Status {
        ++calls;
        return failed_precondition("enough");
      });
  EXPECT_EQ(status.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(calls, 1);
}

TEST_P(AnalyticsContract, ScansEventsWithEveryFieldInOrder) {
  const std::vector<Event> written{sample_event("bob", 9), full_event(), sample_event("ann", 1)};
  ASSERT_EQ(port().write_events(source_of(written), at("events")).value().rows, 3U);
  EXPECT_EQ(scan(port(), at("events")),
            (std::vector<Event>{sample_event("ann", 1), full_event(), sample_event("bob", 9)}));
}

TEST_P(AnalyticsContract, ScansPartsInOrderOfTheirNames) {
  ASSERT_TRUE(port().write_events(source_of(sample_events("ann", 0, 3000)), at("events") / "part-00000000").ok());
  ASSERT_TRUE(port().write_events(source_of(sample_events("ann", 3000, 3000)), at("events") / "part-00000001").ok());
  EXPECT_EQ(scan(port(), at("events")), sample_events("ann", 0, 6000));
}

TEST_P(AnalyticsContract, RefusesEventsInAnotherOrder) {
  ASSERT_TRUE(port().write_events(source_of(sample_events("ann", 10, 3)), at("events") / "part-00000000").ok());
  ASSERT_TRUE(port().write_events(source_of(sample_events("ann", 0, 3)), at("events") / "part-00000001").ok());
  EXPECT_EQ(port().scan_events(at("events"), [](auto) { return ok_status(); }).error().code(), ErrorCode::kDataLoss);
}

// The functions that the texts of sql/ may use beside standard SQL.
TEST_P(AnalyticsContract, HasTheFunctionsOfTheCommonSubset) {
  ASSERT_TRUE(port().write_rows(sample_rows(), at("table")).ok());
  const std::vector<AnalyticsTable> table{{"t", at("table")}};
  EXPECT_EQ(integers(port(), {table, {}, "SELECT count(*) AS n FROM (SELECT explode(tags) AS tag FROM t) AS tags"}),
            (Integers{{3}}));
  EXPECT_EQ(integers(port(), {table,
                              {},
                              "SELECT count(*) FILTER (WHERE try_element_at(tags, 1) = 'a') AS first,"
                              " count(try_element_at(tags, 3)) AS none FROM t"}),
            (Integers{{1, 0}}));
  EXPECT_EQ(integers(port(), {table,
                              {},
                              "SELECT count(*) AS n FROM t WHERE xxhash64(name) = xxhash64(name)"
                              " AND xxhash64(name, count) = xxhash64(name, count)"
                              " AND xxhash64(name, count, share) = xxhash64(name, count, share)"}),
            (Integers{{3}}));
}

}  // namespace
}  // namespace magpie::contract
