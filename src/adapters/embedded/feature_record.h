// Keys and values of the feature store in RocksDB: docs/formats/feature_store.md.
// Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/item_stats.h"
#include "model/user_features.h"
#include "ports/event_log.h"

namespace magpie::embedded {

// user:{id} has two fields, one a writer: the speed layer's and the batch layer's.
[[nodiscard]] std::string stream_key(const UserId& user);
[[nodiscard]] std::string batch_key(const UserId& user);
inline constexpr std::string_view kUserPrefix = "user:";
inline constexpr std::string_view kUserPrefixEnd = "user;";
// The user of a stream key; nothing where the key is another.
[[nodiscard]] std::optional<UserId> stream_user(std::string_view key);

[[nodiscard]] std::string item_key(const ItemId& item);
inline constexpr std::string_view kItemPrefix = "item:";
inline constexpr std::string_view kItemPrefixEnd = "item;";
// Precondition: an item key.
[[nodiscard]] ItemId item_of(std::string_view key);

[[nodiscard]] std::string applied_key(Partition partition);
inline constexpr std::string_view kTrendingKey = "trending";

// A user's state behind the time of its newest event, so that expiry need not decode it.
[[nodiscard]] std::string encode_stream_record(const UserState& state, const EventTypes& types);
[[nodiscard]] Result<UserState> decode_stream_record(std::string_view record, const EventTypes& types);
[[nodiscard]] Result<Timestamp> newest_event(std::string_view record);

[[nodiscard]] std::string encode_trending(const Trending& trending);
[[nodiscard]] Result<Trending> decode_trending(std::string_view record);

}  // namespace magpie::embedded
