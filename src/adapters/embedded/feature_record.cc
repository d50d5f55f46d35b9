#include "adapters/embedded/feature_record.h"

#include <algorithm>

#include "base/bytes.h"

namespace magpie::embedded {
namespace {

// Ids hold no control characters, so no id's key is another's. Tagged by a zero byte and a letter.
constexpr std::string_view kStreamField{"\0s", 2};
constexpr std::string_view kBatchField{"\0b", 2};

constexpr std::uint32_t kTrendingMagic = 0x4e52544d;  // "MTRN"
constexpr std::uint16_t kTrendingVersion = 1;

std::string user_key(const UserId& user, std::string_view field) {
  return std::string(kUserPrefix).append(user.get()).append(field);
}

void write_list(const TrendingList& list, ByteWriter& writer) {
  writer.text<std::uint32_t>(list.category);
  writer.number(static_cast<std::uint32_t>(list.items.size()));
  for (const auto& item : list.items) {
    writer.text<std::uint32_t>(item.item.get());
    writer.number(item.score);
  }
}

Result<TrendingList> read_list(ByteReader& reader) {
  TrendingList list;
  std::string_view text;
  MAGPIE_RETURN_IF_ERROR(reader.text<std::uint32_t>(text));
  list.category = text;
  std::uint32_t items = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(items));
  for (std::uint32_t i = 0; i < items; ++i) {
    double score = 0;
    MAGPIE_RETURN_IF_ERROR(reader.text<std::uint32_t>(text));
    MAGPIE_RETURN_IF_ERROR(reader.number(score));
    list.items.push_back({ItemId(std::string(text)), score});
  }
  return list;
}

Timestamp newest_event(const UserState& state) {
  Timestamp newest = Timestamp::min();
  if (!state.interactions.empty()) newest = state.interactions.front().time;
  if (!state.impressions.empty()) newest = std::max(newest, state.impressions.front().time);
  return newest;
}

}  // namespace

std::string stream_key(const UserId& user) { return user_key(user, kStreamField); }
std::string batch_key(const UserId& user) { return user_key(user, kBatchField); }

std::optional<UserId> stream_user(std::string_view key) {
  if (!key.starts_with(kUserPrefix) || !key.ends_with(kStreamField)) return std::nullopt;
  key.remove_prefix(kUserPrefix.size());
  key.remove_suffix(kStreamField.size());
  return UserId(std::string(key));
}

std::string item_key(const ItemId& item) { return std::string(kItemPrefix).append(item.get()); }
ItemId item_of(std::string_view key) { return ItemId(std::string(key.substr(kItemPrefix.size()))); }

std::string applied_key(Partition partition) { return "applied:" + std::to_string(partition); }

std::string encode_stream_record(const UserState& state, const EventTypes& types) {
  std::string record;
  ByteWriter(record).number(to_unix_ms(newest_event(state)));
  encode_user_state(state, types, record);
  return record;
}

Result<UserState> decode_stream_record(std::string_view record, const EventTypes& types) {
  MAGPIE_RETURN_IF_ERROR(newest_event(record).status());
  return decode_user_state(record.substr(sizeof(std::int64_t)), types);
}

Result<Timestamp> newest_event(std::string_view record) {
  std::int64_t ms = 0;
  MAGPIE_RETURN_IF_ERROR(ByteReader(record).number(ms));
  return from_unix_ms(ms);
}

std::string encode_trending(const Trending& trending) {
  std::string record;
  ByteWriter writer(record);
  writer.number(kTrendingMagic);
  writer.number(kTrendingVersion);
  writer.number(to_unix_ms(trending.computed_at));
  write_list(trending.overall, writer);
  writer.number(static_cast<std::uint32_t>(trending.by_category.size()));
  for (const auto& list : trending.by_category) write_list(list, writer);
  return record;
}

Result<Trending> decode_trending(std::string_view record) {
  ByteReader reader(record);
  MAGPIE_RETURN_IF_ERROR(expect_format(reader, kTrendingMagic, kTrendingVersion));
  Trending trending;
  std::int64_t computed_at = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(computed_at));
  trending.computed_at = from_unix_ms(computed_at);
  MAGPIE_ASSIGN_OR_RETURN(trending.overall, read_list(reader));
  std::uint32_t lists = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(lists));
  for (std::uint32_t i = 0; i < lists; ++i) {
    MAGPIE_ASSIGN_OR_RETURN(auto list, read_list(reader));
    trending.by_category.push_back(std::move(list));
  }
  MAGPIE_RETURN_IF_ERROR(reader.finish());
  return trending;
}

}  // namespace magpie::embedded
