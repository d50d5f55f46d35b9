// Analytics in a directory of its own, for tests that need tables.
#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "adapters/embedded/duck_analytics.h"
#include "model/event_type.h"
#include "tests/contract/temporary_directory.h"

namespace magpie::contract {

class ScratchAnalytics {
 public:
  explicit ScratchAnalytics(std::size_t threads = 1, EventTypes types = {}) : types_(std::move(types)) {
    embedded::DuckAnalyticsSettings settings;
    settings.spill_directory = path("spill");
    settings.threads = threads;
    auto opened = embedded::DuckAnalytics::open(types_, settings);
    if (!opened.ok()) throw std::runtime_error(opened.error().to_string());
    analytics_ = *std::move(opened);
  }

  [[nodiscard]] Analytics& operator*() { return *analytics_; }
  [[nodiscard]] Analytics* operator->() { return analytics_.get(); }
  [[nodiscard]] const EventTypes& types() const { return types_; }
  // Beneath the directory.
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return directory_.path() / name; }

 private:
  const TemporaryDirectory directory_;
  const EventTypes types_;
  std::unique_ptr<embedded::DuckAnalytics> analytics_;
};

}  // namespace magpie::contract
