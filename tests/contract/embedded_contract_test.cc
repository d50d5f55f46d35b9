// The backends of the embedded profile, under the contracts of their ports.
#include <stdexcept>

#include "adapters/embedded/directory_model_store.h"
#include "adapters/embedded/duck_analytics.h"
#include "adapters/embedded/duck_history_store.h"
#include "adapters/embedded/exact_index.h"
#include "adapters/embedded/sized_index.h"
#include "adapters/embedded/storage.h"
#include "tests/contract/analytics_contract.h"
#include "tests/contract/catalogue_store_contract.h"
#include "tests/contract/event_log_contract.h"
#include "tests/contract/feature_store_contract.h"
#include "tests/contract/history_store_contract.h"
#include "tests/contract/model_store_contract.h"
#include "tests/contract/temporary_directory.h"
#include "tests/contract/vector_index_contract.h"

namespace magpie::contract {
namespace {

template <typename T>
T opened(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().to_string());
  return *std::move(result);
}

// A port of embedded::Storage.
template <typename Port>
class StorageBackend final : public Backend<Port> {
 public:
  using Accessor = Port& (embedded::Storage::*)();
  StorageBackend(Accessor accessor, const embedded::StorageSettings& settings)
      : accessor_(accessor), settings_(settings) {
    open();
  }
  Port& port() override { return (*storage_.*accessor_)(); }
  void restart() override {
    storage_.reset();
    open();
  }

 private:
  void open() { storage_ = opened(embedded::Storage::open(directory_.path(), types_, clock_, nullptr, settings_)); }

  const TemporaryDirectory directory_;
  const EventTypes types_ = EventTypes::defaults();
  const SystemClock clock_;
  const Accessor accessor_;
  const embedded::StorageSettings settings_;
  std::unique_ptr<embedded::Storage> storage_;
};

template <typename Port>
BackendFactory<Port> storage(const std::string& name, typename StorageBackend<Port>::Accessor accessor,
                             const embedded::StorageSettings& settings = {}) {
  return {name, true, [=] { return std::make_unique<StorageBackend<Port>>(accessor, settings); }};
}

// A store that is opened on a directory.
template <typename Port, typename Store>
class DirectoryBackend final : public Backend<Port> {
 public:
  using Open = std::function<Result<std::unique_ptr<Store>>(const std::filesystem::path&)>;
  explicit DirectoryBackend(Open open) : open_(std::move(open)) { restart(); }
  Port& port() override { return *store_; }
  void restart() override {
    store_.reset();
    store_ = opened(open_(directory_.path()));
  }

 private:
  const TemporaryDirectory directory_;
  const Open open_;
  std::unique_ptr<Store> store_;
};

template <typename Port, typename Store, typename Open>
BackendFactory<Port> in_directory(const std::string& name, Open open) {
  return {name, true, [open] { return std::make_unique<DirectoryBackend<Port, Store>>(open); }};
}

Result<std::unique_ptr<embedded::DuckHistoryStore>> open_history(const std::filesystem::path& directory) {
  static const EventTypes types = EventTypes::defaults();
  return embedded::DuckHistoryStore::open(directory, types);
}

Result<std::unique_ptr<embedded::DuckAnalytics>> open_analytics(const std::filesystem::path& directory) {
  static const EventTypes types = EventTypes::defaults();
  embedded::DuckAnalyticsSettings settings;
  settings.spill_directory = directory / "spill";
  return embedded::DuckAnalytics::open(types, settings);
}

// Both kinds on either side of the threshold; the approximate side is exact here too, so that only the choice is
// tested.
class TwoExact final : public Backend<VectorIndexFactory> {
 public:
  VectorIndexFactory& port() override { return sized_; }

 private:
  embedded::ExactIndexFactory below_;
  embedded::ExactIndexFactory above_;
  embedded::SizedIndexFactory sized_{below_, above_, 400};
};

BackendFactory<VectorIndexFactory> exact_index() {
  return {"Exact", false,
          [] { return std::make_unique<PlainBackend<VectorIndexFactory, embedded::ExactIndexFactory>>(); }};
}
BackendFactory<VectorIndexFactory> sized_index() {
  return {"Sized", false, [] { return std::make_unique<TwoExact>(); }};
}

// Fewer bytes than any entry: every read goes to the database.
constexpr embedded::StorageSettings kNoFeatureTable{.feature_table = 0};
constexpr embedded::StorageSettings kThreePartitions{.log_partitions = 3};

INSTANTIATE_TEST_SUITE_P(Embedded, EventLogContract,
                         ::testing::Values(storage<EventLog>("OnePartition", &embedded::Storage::event_log),
                                           storage<EventLog>("ThreePartitions", &embedded::Storage::event_log,
                                                             kThreePartitions)),
                         backend_name<EventLog>);
INSTANTIATE_TEST_SUITE_P(Embedded, FeatureStoreContract,
                         ::testing::Values(storage<FeatureStore>("Table", &embedded::Storage::features),
                                           storage<FeatureStore>("NoTable", &embedded::Storage::features,
                                                                 kNoFeatureTable)),
                         backend_name<FeatureStore>);
INSTANTIATE_TEST_SUITE_P(Embedded, CatalogueStoreContract,
                         ::testing::Values(storage<CatalogueStore>("Rocks", &embedded::Storage::catalogue)),
                         backend_name<CatalogueStore>);
INSTANTIATE_TEST_SUITE_P(Embedded, HistoryStoreContract,
                         ::testing::Values(in_directory<HistoryStore, embedded::DuckHistoryStore>("Duck",
                                                                                                  open_history)),
                         backend_name<HistoryStore>);
INSTANTIATE_TEST_SUITE_P(Embedded, AnalyticsContract,
                         ::testing::Values(in_directory<Analytics, embedded::DuckAnalytics>("Duck", open_analytics)),
                         backend_name<Analytics>);
INSTANTIATE_TEST_SUITE_P(Embedded, ModelStoreContract,
                         ::testing::Values(in_directory<ModelStore, embedded::DirectoryModelStore>(
                             "Directory", embedded::DirectoryModelStore::open)),
                         backend_name<ModelStore>);
INSTANTIATE_TEST_SUITE_P(Embedded, VectorIndexContract, ::testing::Values(exact_index(), sized_index()),
                         backend_name<VectorIndexFactory>);

}  // namespace
}  // namespace magpie::contract
