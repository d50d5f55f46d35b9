#include "model/item_stats.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/bytes.h"
#include "model/item.h"
#include "model/type_names.h"

namespace magpie {
namespace {

constexpr std::uint8_t kMagic = 'I';
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMaxBuckets = static_cast<std::size_t>(kStatsHours) * kMaxEventTypes;
constexpr std::int64_t kMinHour = to_unix_ms(kMinTimestamp) / kStatsBucket.count() - 1;
constexpr std::int64_t kMaxHour = to_unix_ms(kMaxTimestamp) / kStatsBucket.count() + 1;

TypeSet used_types(const ItemStats& stats) {
  TypeSet used;
  for (const StatsBucket& bucket : stats.buckets) used.set(bucket.type.get());
  for (std::size_t code = 0; code < kMaxEventTypes; ++code) {
    if (stats.total[code] > 0) used.set(code);
  }
  return used;
}

// Totals, in the order of the names.
void write_totals(const ItemStats& stats, const TypeSet& used, const std::array<std::uint8_t, kMaxEventTypes>& position,
                  ByteWriter& writer) {
  std::array<std::uint64_t, kMaxEventTypes> totals{};
  for (std::size_t code = 0; code < kMaxEventTypes; ++code) {
    if (used[code]) totals[position[code]] = stats.total[code];
  }
  writer.array(std::span<const std::uint64_t>(totals).first(used.count()));
}

// Within an hour by name, so that bytes do not depend on the codes in memory.
void write_buckets(std::vector<StatsBucket> buckets, const std::array<std::uint8_t, kMaxEventTypes>& position,
                   ByteWriter& writer) {
  std::sort(buckets.begin(), buckets.end(), [&position](const StatsBucket& a, const StatsBucket& b) {
    return std::pair(a.hour, position[a.type.get()]) < std::pair(b.hour, position[b.type.get()]);
  });
  writer.number(static_cast<std::uint16_t>(buckets.size()));
  for (const StatsBucket& bucket : buckets) {
    writer.number(bucket.hour);
    writer.number(position[bucket.type.get()]);
    writer.number(bucket.count);
  }
}

Status read_categories(ByteReader& reader, ItemStats& stats) {
  std::int64_t time = 0;
  std::uint8_t count = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(time));
  MAGPIE_RETURN_IF_ERROR(reader.number(count));
  stats.categories_time = from_unix_ms(time);
  if (!is_plausible(stats.categories_time)) return data_loss("categories out of time");
  if (count > kMaxCategories) return data_loss("too many categories");
  for (std::uint8_t i = 0; i < count; ++i) {
    std::string_view name;
    MAGPIE_RETURN_IF_ERROR(reader.text<std::uint16_t>(name, kMaxIdLength));
    stats.categories.emplace_back(name);
  }
  return {};
}

Status read_totals(ByteReader& reader, const StoredTypes& types, ItemStats& stats) {
  for (const auto& type : types) {
    std::uint64_t total = 0;
    MAGPIE_RETURN_IF_ERROR(reader.number(total));
    if (type) stats.total[type->get()] = total;
  }
  return {};
}

struct StoredBucket {
  std::int64_t hour = std::numeric_limits<std::int64_t>::min();
  std::uint8_t position = 0;
  std::uint32_t count = 0;
};

Status read_bucket(ByteReader& reader, StoredBucket& bucket) {
  MAGPIE_RETURN_IF_ERROR(reader.number(bucket.hour));
  MAGPIE_RETURN_IF_ERROR(reader.number(bucket.position));
  MAGPIE_RETURN_IF_ERROR(reader.number(bucket.count));
  return bucket.hour >= kMinHour && bucket.hour <= kMaxHour ? Status() : data_loss("a bucket out of time");
}

Status read_buckets(ByteReader& reader, const StoredTypes& types, ItemStats& stats) {
  std::uint16_t count = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(count));
  if (count > kMaxBuckets) return data_loss("too many buckets");
  StoredBucket previous;
  std::int64_t oldest = kMaxHour;
  for (std::uint16_t i = 0; i < count; ++i) {
    StoredBucket bucket;
    MAGPIE_RETURN_IF_ERROR(read_bucket(reader, bucket));
    if (bucket.position >= types.size() || bucket.count == 0) return data_loss("a bucket of nothing");
    const auto key = std::pair(bucket.hour, bucket.position);
    if (i > 0 && key <= std::pair(previous.hour, previous.position)) return data_loss("the buckets are not in order");
    if (const auto type = types[bucket.position]) stats.buckets.push_back({bucket.hour, *type, bucket.count});
    oldest = std::min(oldest, bucket.hour);
    previous = bucket;
  }
  if (count > 0 && previous.hour - oldest >= kStatsHours) return data_loss("a bucket from before the window");
  std::sort(stats.buckets.begin(), stats.buckets.end(), [](const StatsBucket& a, const StatsBucket& b) {
    return std::pair(a.hour, a.type) < std::pair(b.hour, b.type);
  });
  return {};
}

Status read_all(ByteReader& reader, const EventTypes& types, ItemStats& stats) {
  MAGPIE_RETURN_IF_ERROR(expect_format(reader, kMagic, kVersion));
  MAGPIE_ASSIGN_OR_RETURN(const StoredTypes stored, read_type_names(reader, types));
  MAGPIE_RETURN_IF_ERROR(read_categories(reader, stats));
  MAGPIE_RETURN_IF_ERROR(read_totals(reader, stored, stats));
  MAGPIE_RETURN_IF_ERROR(read_buckets(reader, stored, stats));
  return reader.finish();
}

}  // namespace

void encode_item_stats(const ItemStats& stats, const EventTypes& types, std::string& out) {
  const TypeSet used = used_types(stats);
  ByteWriter writer(out);
  writer.number(kMagic);
  writer.number(kVersion);
  const auto position = write_type_names(used, types, writer);
  writer.number(to_unix_ms(stats.categories_time));
  writer.number(static_cast<std::uint8_t>(stats.categories.size()));
  for (const std::string& name : stats.categories) writer.text<std::uint16_t>(name);
  write_totals(stats, used, position, writer);
  write_buckets(stats.buckets, position, writer);
}

Result<ItemStats> decode_item_stats(std::string_view bytes, const EventTypes& types) {
  ByteReader reader(bytes);
  ItemStats stats;
  const Status status = read_all(reader, types, stats);
  if (!status.ok()) return Error(status.error().code(), "item statistics: " + status.error().message());
  return stats;
}

const TrendingList* Trending::find(std::string_view category) const {
  const auto found =
      std::lower_bound(by_category.begin(), by_category.end(), category,
                       [](const TrendingList& list, std::string_view name) { return list.category < name; });
  return found == by_category.end() || found->category != category ? nullptr : &*found;
}

}  // namespace magpie
