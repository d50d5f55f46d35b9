// The embedded profile: RocksDB, Parquet through DuckDB, a model directory and FAISS, all in one data directory.

#include <algorithm>

#include "adapters/embedded/directory_model_store.h"
#include "adapters/embedded/duck_analytics.h"
#include "adapters/embedded/duck_history_store.h"
#include "adapters/embedded/exact_index.h"
#include "adapters/embedded/sized_index.h"
#include "adapters/embedded/storage.h"
#include "adapters/faiss/lazy_factory.h"
#include "app/ports.h"

namespace magpie::app {
namespace {

std::size_t bytes(const Property<std::int64_t>& property) { return static_cast<std::size_t>(property()); }

class EmbeddedProfile final : public Ports {
 public:
  EmbeddedProfile(std::unique_ptr<embedded::Storage> storage, std::unique_ptr<HistoryStore> history,
                  std::unique_ptr<Analytics> analytics, std::unique_ptr<ModelStore> models,
                  std::size_t approximate_above)
      : storage_(std::move(storage)),
        history_(std::move(history)),
        analytics_(std::move(analytics)),
        models_(std::move(models)),
        indexes_(exact_, approximate_, approximate_above) {}

  EventLog& event_log() override { return storage_->event_log(); }
  FeatureStore& features() override { return storage_->features(); }
  CatalogueStore& catalogue() override { return storage_->catalogue(); }
  HistoryStore& history() override { return *history_; }
  Analytics& analytics() override { return *analytics_; }
  ModelStore& models() override { return *models_; }
  const VectorIndexFactory& indexes() override { return indexes_; }

 private:
  std::unique_ptr<embedded::Storage> storage_;
  std::unique_ptr<HistoryStore> history_;
  std::unique_ptr<Analytics> analytics_;
  std::unique_ptr<ModelStore> models_;
  embedded::ExactIndexFactory exact_;
  faiss_ann::LazyFactory approximate_;
  embedded::SizedIndexFactory indexes_;
};

}  // namespace

Result<std::unique_ptr<Ports>> open_embedded_profile(const std::filesystem::path& data, const Settings& settings,
                                                     const EventTypes& types, const Clock& clock, Metrics& metrics) {
  const auto& sizes = settings.storage;
  // First the storage: its lock is the data directory's.
  MAGPIE_ASSIGN_OR_RETURN(auto storage, embedded::Storage::open(data / "storage", types, clock, &metrics,
                                                                {.memtables = bytes(sizes.memtable_bytes),
                                                                 .block_cache = bytes(sizes.block_cache_bytes),
                                                                 .feature_table = bytes(sizes.feature_cache_bytes)}));
  MAGPIE_ASSIGN_OR_RETURN(
      auto history, embedded::DuckHistoryStore::open(data / "history", types,
                                                     {.memory_limit_bytes = bytes(sizes.analytics_memory_bytes)}));
  MAGPIE_ASSIGN_OR_RETURN(auto analytics, embedded::DuckAnalytics::open(
                                              types, {.spill_directory = data / "spill",
                                                      .memory_limit_bytes = bytes(sizes.analytics_memory_bytes),
                                                      .threads = static_cast<std::size_t>(settings.train.threads())}));
  MAGPIE_ASSIGN_OR_RETURN(auto models, embedded::DirectoryModelStore::open(data / "models"));
  return std::unique_ptr<Ports>(std::make_unique<EmbeddedProfile>(std::move(storage), std::move(history),
                                                                  std::move(analytics), std::move(models),
                                                                  bytes(settings.serving.approximate_above)));
}

}  // namespace magpie::app
