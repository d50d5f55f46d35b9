// What every ModelStore must do (ports/model_store.h).
#pragma once

#include "ports/model_store.h"
#include "tests/contract/backend.h"

namespace magpie::contract {
class ModelStoreContract : public ContractTest<ModelStore> {};
}  // namespace magpie::contract
