// The ids of the domain. Outside the process an id is a string; inside a snapshot a noun is a dense index.
#pragma once

#include <cstdint>
#include <string>

#include "base/strong.h"

namespace magpie {

using UserId = Strong<std::string, struct UserIdTag>;
using ItemId = Strong<std::string, struct ItemIdTag>;
using EventId = Strong<std::string, struct EventIdTag>;
using SessionId = Strong<std::string, struct SessionIdTag>;
using RequestId = Strong<std::string, struct RequestIdTag>;
using ModelVersion = Strong<std::uint64_t, struct ModelVersionTag>;  // 1, 2, ...; 0 where there is no model.

// Position of an item in the catalogue: given once, never given to another item, valid for the life of the process.
using ItemIndex = Strong<std::uint32_t, struct ItemIndexTag>;
// Position of an item or a user among those that one model version was trained on.
using ModelItem = Strong<std::uint32_t, struct ModelItemTag>;
using CategoryIndex = Strong<std::uint32_t, struct CategoryIndexTag>;
using TagIndex = Strong<std::uint32_t, struct TagIndexTag>;

// Bounds of every string id, checked where it enters the system.
inline constexpr std::size_t kMaxIdLength = 256;  // bytes

}  // namespace magpie
