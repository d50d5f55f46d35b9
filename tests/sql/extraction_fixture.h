// Hand-made events through extraction.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "batch/extraction.h"
#include "tests/contract/scratch_analytics.h"
#include "tests/fakes/in_memory_history_store.h"

namespace magpie::batch {

inline constexpr Timestamp kMidnight = from_unix_ms(1'767'225'600'000);  // 2026-01-01.
inline constexpr TimeWindow kWindow{kMidnight, kMidnight + std::chrono::days(90)};

class ExtractionTest : public ::testing::Test {
 protected:
  // Each event gets an id of its own; change the result for anything else.
  Event& add(const std::string& user, const std::string& item, EventType type, Duration since_midnight) {
    Event event;
    char id[16];
    std::snprintf(id, sizeof id, "e%08zu", events_.size());
    event.id = EventId(id);
    event.user = UserId(user);
    event.item = ItemId(item);
    event.type = type;
    event.time = kMidnight + since_midnight;
    return events_.emplace_back(std::move(event));
  }

  // `count` views of different items, `step` apart.
  void add_views(const std::string& user, std::size_t count, Duration from, Duration step) {
    for (std::size_t n = 0; n < count; ++n) {
      add(user, "item" + std::to_string(n), kView, from + step * static_cast<std::int64_t>(n));
    }
  }

  void write_raw() {
    fakes::InMemoryHistoryStore no_events{
        [this](const auto& source, const auto& to) { return analytics_->write_events(source, to).status(); }};
    const EventTypes configured;
    ASSERT_TRUE(read_raw(no_events, CatalogueSnapshot(), configured, *analytics_, kWindow, raw()).ok());
    const auto source = [this](const Analytics::VisitEvents& visit) { return visit(events_); };
    ASSERT_TRUE(analytics_->write_events(source, raw() / kRawEvents).ok());
  }

  ExtractionReport extract(const ExtractionSettings& settings = {}) {
    write_raw();
    const auto filtered = filter_raw(*analytics_, raw(), kWindow, settings, analytics_.path("filtered"));
    EXPECT_TRUE(filtered.ok()) << filtered.status().to_string();
    auto report = write_clean(*analytics_, raw(), analytics_.path("filtered"), kWindow, settings, clean());
    EXPECT_TRUE(report.ok()) << report.status().to_string();
    return report.ok() ? *std::move(report) : ExtractionReport();
  }

  std::vector<Event> clean_events() {
    std::vector<Event> events;
    const Status status = analytics_->scan_events(clean() / kCleanEvents, [&](std::span<const Event> some) {
      events.insert(events.end(), some.begin(), some.end());
      return ok_status();
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return events;
  }
  // The users with clean events, ascending.
  std::vector<std::string> clean_users() {
    std::vector<std::string> users;
    for (const Event& event : clean_events()) users.push_back(event.user.get());
    std::ranges::sort(users);
    users.erase(std::unique(users.begin(), users.end()), users.end());
    return users;
  }
  std::vector<std::string> clean_ids() {
    std::vector<std::string> ids;
    for (const Event& event : clean_events()) ids.push_back(event.id.get());
    return ids;
  }

  static RuleCount count(const ExtractionReport& report, const std::string& rule) {
    const auto found = std::ranges::find(report.rules, rule, &RuleCount::rule);
    EXPECT_NE(found, report.rules.end()) << rule;
    return found == report.rules.end() ? RuleCount() : *found;
  }
  static std::uint64_t rejected(const ExtractionReport& report, const std::string& rule) {
    return count(report, rule).events;
  }

  [[nodiscard]] std::filesystem::path raw() const { return analytics_.path("raw"); }
  [[nodiscard]] std::filesystem::path clean() const { return analytics_.path("clean"); }

  static EventTypes with_a_kind_that_is_not_configured() {
    EventTypes types;
    EXPECT_TRUE(types.set("wish", 1).ok());
    return types;
  }

  contract::ScratchAnalytics analytics_{1, with_a_kind_that_is_not_configured()};
  std::vector<Event> events_;
};

}  // namespace magpie::batch
