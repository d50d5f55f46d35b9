// The operations of the API, once for both codecs: validation of what the layers below take as given, defaults, paging,
// and batches that keep what is valid. No decision of the domain is taken here.
//
// Thread-safe. Errors: kInvalidArgument names the field as both codecs spell it; others as the ports give them. What is
// marked "blocks" may wait for a disk: not to be called on an event loop.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/batch_outcome.h"
#include "api/services.h"
#include "base/status.h"
#include "model/item.h"
#include "model/recommendation.h"
#include "model/user_features.h"

namespace magpie::api {

inline constexpr std::size_t kDefaultCount = 10;  // Items of an answer.
inline constexpr std::size_t kDefaultPage = 100;  // Users of a page.
inline constexpr std::size_t kMaxPage = 1'000;

// --- Events

// `done` is called once, from any thread, maybe before this returns, when the accepted events are on disk.
void append_events(Services& services, DecodedBatch<speed::RawEvent> batch,
                   std::function<void(Result<BatchOutcome>)> done);

// --- Recommendations

[[nodiscard]] Result<std::vector<SimilarItem>> similar_items(Services& services, std::string item,
                                                             std::optional<std::size_t> n);
[[nodiscard]] Result<std::vector<TrendingItem>> trending_items(Services& services, const std::string& category,
                                                               std::optional<std::size_t> n);
// nullptr where the catalogue lacks it (deleted since it was recommended).
[[nodiscard]] const Item* find_item(const CatalogueSnapshot& catalogue, const ItemId& id);

// --- Items

[[nodiscard]] Result<BatchOutcome> put_items(Services& services, DecodedBatch<Item> batch);  // Blocks.
[[nodiscard]] Status put_item(Services& services, Item item);  // Blocks.
[[nodiscard]] Result<Item> get_item(Services& services, std::string id);
[[nodiscard]] Status erase_item(Services& services, std::string id);  // Blocks.

// --- Users

struct UserPage {
  std::vector<User> users;  // Ascending by id.
  std::optional<UserId> next;  // Where the next page begins: after this one. Absent on the last page.
};
inline constexpr std::size_t kReportedRecentItems = 20;
struct UserFeatureReport {
  UserId user;
  RealTimeFeatures recent;
  std::shared_ptr<const UserFeatures> stored;  // Never null; its batch half is what is reported.
  std::vector<ItemId> recent_items;  // Of both halves: distinct, newest first, at most kReportedRecentItems.
};

[[nodiscard]] Result<BatchOutcome> put_users(Services& services, DecodedBatch<User> batch);  // Blocks.
[[nodiscard]] Status put_user(Services& services, User user);  // Blocks.
[[nodiscard]] Result<User> get_user(Services& services, std::string id);
[[nodiscard]] Result<UserPage> list_users(Services& services, std::string after, std::optional<std::size_t> limit);
[[nodiscard]] Result<UserFeatureReport> user_features(Services& services, std::string id);
[[nodiscard]] Status erase_user(Services& services, std::string id);  // Blocks.

// --- Training

enum class WhenRunning { kRefuse, kJoin };

// Starts a training on everything acknowledged so far. Where one is running already: kFailedPrecondition, or ok with
// kJoin.
[[nodiscard]] Status start_training(Services& services, WhenRunning when_running);

}  // namespace magpie::api
