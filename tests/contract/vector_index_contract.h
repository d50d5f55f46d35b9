// What every VectorIndexFactory and its indexes must do (ports/vector_index.h).
#pragma once

#include "ports/vector_index.h"
#include "tests/contract/backend.h"

namespace magpie::contract {
class VectorIndexContract : public ContractTest<VectorIndexFactory> {};
}  // namespace magpie::contract
