// A feature store that fails as a FaultPlan says. Operations: user, item, applied, apply, load_batch, for_each_item,
// put_trending, trending, erase, expire.
// Thread-safe where the store is. Store and plan outlive it.
#pragma once

#include <memory>
#include <utility>

#include "ports/feature_store.h"
#include "tests/faults/fault_plan.h"

namespace magpie::faults {

class FaultyFeatureStore final : public FeatureStore {
 public:
  FaultyFeatureStore(FeatureStore& store, FaultPlan& plan) : store_(store), plan_(plan) {}

  [[nodiscard]] Result<std::shared_ptr<const UserFeatures>> user(const UserId& id) override {
    return with_faults(plan_, "user", [&] { return store_.user(id); });
  }
  [[nodiscard]] Result<ItemStats> item(const ItemId& id) override {
    return with_faults(plan_, "item", [&] { return store_.item(id); });
  }
  [[nodiscard]] Result<Offset> applied(Partition partition) override {
    return with_faults(plan_, "applied", [&] { return store_.applied(partition); });
  }
  [[nodiscard]] Status apply(FeatureUpdate update) override {
    return with_faults(plan_, "apply", [&] { return store_.apply(std::move(update)); });
  }
  [[nodiscard]] Status load_batch(std::span<const std::pair<UserId, BatchFeatures>> rows) override {
    return with_faults(plan_, "load_batch", [&] { return store_.load_batch(rows); });
  }
  [[nodiscard]] Status for_each_item(const std::function<void(const ItemId&, const ItemStats&)>& visit) override {
    return with_faults(plan_, "for_each_item", [&] { return store_.for_each_item(visit); });
  }
  [[nodiscard]] Status put_trending(std::shared_ptr<const Trending> trending) override {
    return with_faults(plan_, "put_trending", [&] { return store_.put_trending(std::move(trending)); });
  }
  [[nodiscard]] Result<std::shared_ptr<const Trending>> trending() override {
    return with_faults(plan_, "trending", [&] { return store_.trending(); });
  }
  [[nodiscard]] Status erase(const UserId& user) override {
    return with_faults(plan_, "erase", [&] { return store_.erase(user); });
  }
  [[nodiscard]] Result<std::size_t> expire(Timestamp horizon) override {
    return with_faults(plan_, "expire", [&] { return store_.expire(horizon); });
  }

 private:
  FeatureStore& store_;
  FaultPlan& plan_;
};

}  // namespace magpie::faults
