// What every EventLog must do (ports/event_log.h).
#pragma once

#include "ports/event_log.h"
#include "tests/contract/backend.h"

namespace magpie::contract {
class EventLogContract : public ContractTest<EventLog> {};
}  // namespace magpie::contract
