// What every HistoryStore must do (ports/history_store.h).
#pragma once

#include "ports/history_store.h"
#include "tests/contract/backend.h"

namespace magpie::contract {
class HistoryStoreContract : public ContractTest<HistoryStore> {};
}  // namespace magpie::contract
