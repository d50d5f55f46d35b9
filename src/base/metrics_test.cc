#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace magpie {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, ExposesThePrometheusTextFormat) {
  Metrics metrics;
  metrics.counter("magpie_events_total", "Events.", {{"type", "view"}}).add(3);
  metrics.gauge("magpie_items", "Items.").set(7);
  const std::string text = metrics.expose();
  EXPECT_THAT(text, HasSubstr("# HELP magpie_events_total Events.\n# TYPE magpie_events_total counter\n"));
  EXPECT_THAT(text, HasSubstr("magpie_events_total{type=\"view\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE magpie_items gauge\nmagpie_items 7\n"));
}

TEST(Metrics, SameNameAndLabelsAreOneInstrument) {
  Metrics metrics;
  Counter first = metrics.counter("magpie_x_total", "X.");
  Counter again = metrics.counter("magpie_x_total", "X.");
  Counter other = metrics.counter("magpie_x_total", "X.", {{"a", "b"}});
  first.add();
  again.add();
  EXPECT_EQ(first.value(), 2);
  EXPECT_EQ(other.value(), 0);
}

TEST(Metrics, GaugesGoBothWays) {
  Metrics metrics;
  Gauge gauge = metrics.gauge("magpie_y", "Y.");
  gauge.set(5);
  gauge.add(-7);
  EXPECT_EQ(gauge.value(), -2);
}

TEST(Metrics, HistogramsCountUpToEachBound) {
  Metrics metrics;
  Histogram histogram = metrics.histogram("magpie_z_seconds", "Z.", {0.1, 1});
  for (const double value : {0.05, 0.1, 0.5, 3.0}) histogram.observe(value);
  const std::string text = metrics.expose();
  EXPECT_THAT(text, HasSubstr("magpie_z_seconds_bucket{le=\"0.1\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("magpie_z_seconds_bucket{le=\"1\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("magpie_z_seconds_bucket{le=\"+Inf\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("magpie_z_seconds_count 4\n"));
}

TEST(Metrics, RegistriesAreSeparate) {
  Metrics one;
  Metrics two;
  one.counter("magpie_only_here_total", "Here.").add();
  EXPECT_THAT(two.expose(), Not(HasSubstr("magpie_only_here_total")));
}

TEST(Metrics, ThreadsLoseNoIncrement) {
  Metrics metrics;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&metrics] {
        Counter counter = metrics.counter("magpie_shared_total", "Shared.");
        for (int n = 0; n < 1000; ++n) counter.add();
      });
    }
  }
  EXPECT_EQ(metrics.counter("magpie_shared_total", "Shared.").value(), 4000);
}

TEST(Metrics, LatencyBoundsAscend) {
  const auto& bounds = latency_bounds();
  EXPECT_EQ(bounds.front(), 50e-6);
  EXPECT_EQ(bounds.back(), 10);
  for (std::size_t i = 1; i < bounds.size(); ++i) EXPECT_LT(bounds[i - 1], bounds[i]);
}

}  // namespace
}  // namespace magpie
