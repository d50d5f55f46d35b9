// The in-memory fakes, under the contracts that the real backends obey.
#include "tests/contract/catalogue_store_contract.h"
#include "tests/contract/event_log_contract.h"
#include "tests/contract/feature_store_contract.h"
#include "tests/contract/history_store_contract.h"
#include "tests/contract/model_store_contract.h"
#include "tests/contract/scratch_analytics.h"
#include "tests/contract/vector_index_contract.h"
#include "tests/fakes/in_memory_catalogue_store.h"
#include "tests/fakes/in_memory_event_log.h"
#include "tests/fakes/in_memory_feature_store.h"
#include "tests/fakes/in_memory_history_store.h"
#include "tests/fakes/in_memory_model_store.h"
#include "tests/fakes/in_memory_vector_index.h"

namespace magpie::contract {
namespace {

template <typename Port, typename Fake, typename... Arguments>
BackendFactory<Port> fake(const std::string& name, Arguments... arguments) {
  return {name, false, [arguments...] { return std::make_unique<PlainBackend<Port, Fake>>(arguments...); }};
}

// What is in memory needs somebody to write its tables.
class HistoryWithTables final : public Backend<HistoryStore> {
 public:
  HistoryStore& port() override { return history_; }

 private:
  ScratchAnalytics analytics_;
  fakes::InMemoryHistoryStore history_{
      [this](const auto& source, const auto& to) { return analytics_->write_events(source, to).status(); }};
};

INSTANTIATE_TEST_SUITE_P(Fake, EventLogContract,
                         ::testing::Values(fake<EventLog, fakes::InMemoryEventLog>("OnePartition"),
                                           fake<EventLog, fakes::InMemoryEventLog>("ThreePartitions", Partition{3})),
                         backend_name<EventLog>);
INSTANTIATE_TEST_SUITE_P(Fake, FeatureStoreContract,
                         ::testing::Values(fake<FeatureStore, fakes::InMemoryFeatureStore>("Memory")),
                         backend_name<FeatureStore>);
INSTANTIATE_TEST_SUITE_P(Fake, CatalogueStoreContract,
                         ::testing::Values(fake<CatalogueStore, fakes::InMemoryCatalogueStore>("Memory")),
                         backend_name<CatalogueStore>);
INSTANTIATE_TEST_SUITE_P(Fake, HistoryStoreContract,
                         ::testing::Values(BackendFactory<HistoryStore>{
                             "Memory", false, [] { return std::make_unique<HistoryWithTables>(); }}),
                         backend_name<HistoryStore>);
INSTANTIATE_TEST_SUITE_P(Fake, ModelStoreContract,
                         ::testing::Values(fake<ModelStore, fakes::InMemoryModelStore>("Memory")),
                         backend_name<ModelStore>);
INSTANTIATE_TEST_SUITE_P(Fake, VectorIndexContract,
                         ::testing::Values(fake<VectorIndexFactory, fakes::InMemoryVectorIndexFactory>("Memory")),
                         backend_name<VectorIndexFactory>);

}  // namespace
}  // namespace magpie::contract
