// ModelHolder: the models that serve now, and who gets which.
//
// Production serves everybody, but for the users whom a canary serves (serving/canary_assignment.h). Both are swapped
// in one step as one immutable line-up: a request sees one version from beginning to end.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/latency_histogram.h"
#include "model/ids.h"
#include "serving/serving_model.h"

namespace magpie::serving {

enum class ModelRole : std::uint8_t { kProduction, kCanary };
inline constexpr std::size_t kModelRoles = 2;
[[nodiscard]] std::string_view to_string(ModelRole role);  // "production", "canary"

// What a version has answered since it and the other one have been in force together. Thread-safe.
class ModelTraffic {
 public:
  void count(std::chrono::nanoseconds elapsed, bool degraded) {
    latency_.observe(elapsed);
    if (degraded) degraded_.fetch_add(1, std::memory_order_relaxed);
  }
  [[nodiscard]] LatencyDistribution latency() const { return latency_.snapshot(); }
  [[nodiscard]] std::uint64_t degraded() const { return degraded_.load(std::memory_order_relaxed); }

 private:
  LatencyHistogram latency_;
  std::atomic<std::uint64_t> degraded_ = 0;
};

struct ServedModel {
  std::shared_ptr<const ServingModel> model;  // nullptr in production before the first model.
  std::shared_ptr<ModelTraffic> traffic;      // Never null in a line-up that a holder gives.
};

struct ModelLineup {
  ServedModel production;
  std::optional<ServedModel> canary;
  double canary_share = 0;

  [[nodiscard]] ModelRole role_for(const UserId& user) const;
  [[nodiscard]] const ServedModel& served(ModelRole role) const {
    return role == ModelRole::kCanary ? *canary : production;
  }
};

// Thread-safe. A mutex and not std::atomic<std::shared_ptr>: that of libstdc++ 12 is a lock as well, and one whose
// release in load() is relaxed, a data race by the letter (ThreadSanitizer says so).
class ModelHolder {
 public:
  ModelHolder();

  // Never null.
  [[nodiscard]] std::shared_ptr<const ModelLineup> lineup() const;
  // The model in production; nullptr before the first one.
  [[nodiscard]] std::shared_ptr<const ServingModel> get() const { return lineup()->production.model; }

  // Traffic counts on where neither version has changed, and from the beginning where one has.
  void set(std::shared_ptr<const ServingModel> production, std::shared_ptr<const ServingModel> canary = nullptr,
           double canary_share = 0);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const ModelLineup> lineup_;  // Guarded by mutex_.
};

}  // namespace magpie::serving
