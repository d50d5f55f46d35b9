// What every CatalogueStore must do (ports/catalogue_store.h).
#pragma once

#include "ports/catalogue_store.h"
#include "tests/contract/backend.h"

namespace magpie::contract {
class CatalogueStoreContract : public ContractTest<CatalogueStore> {};
}  // namespace magpie::contract
