// What every FeatureStore must do (ports/feature_store.h).
#pragma once

#include "ports/feature_store.h"
#include "tests/contract/backend.h"

namespace magpie::contract {
class FeatureStoreContract : public ContractTest<FeatureStore> {};
}  // namespace magpie::contract
