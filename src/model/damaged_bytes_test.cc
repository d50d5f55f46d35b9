// Every decoder on damaged input: it answers, with an error or with a value that encodes, and never reads or asks for
// memory out of bounds (the sanitizers watch).
#include <functional>
#include <string>
#include <vector>

#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/random.h"
#include "model/event_codec.h"
#include "model/item_stats.h"
#include "model/trained_model.h"
#include "model/user_features.h"
#include "model/user_state.h"

namespace magpie {
namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

// Flips bits, overwrites, cuts and splices.
std::string damaged(std::string bytes, Random& random) {
  for (auto changes = 1 + random.below(4); changes > 0 && !bytes.empty(); --changes) {
    const auto at = static_cast<std::size_t>(random.below(bytes.size()));
    switch (random.below(5)) {
      case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8))); break;
      case 1: bytes[at] = static_cast<char>(random.next()); break;
      case 2: bytes.resize(at); break;
      case 3: bytes.insert(at, bytes.substr(at, random.below(16))); break;
      default: bytes.erase(at, random.below(16)); break;
    }
  }
  return bytes;
}

// Decodes what is given and, where that succeeds, encodes it again.
using RoundTrip = std::function<void(const std::string&)>;

void feed_damage(const std::string& whole, const RoundTrip& round_trip) {
  Random random(23);
  for (std::size_t length = 0; length <= whole.size(); ++length) round_trip(whole.substr(0, length));
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    round_trip(flipped);
  }
  for (int i = 0; i < 5000; ++i) round_trip(damaged(whole, random));
}

TEST(DamagedBytes, Event) {
  const google::protobuf::LogSilencer silencer;  // It would say each time that a text is no UTF-8.
  const EventTypes types;
  Event event;
  event.id = EventId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
  event.user = UserId("user");
  event.item = ItemId("item");
  event.time = kNow;
  event.categories = {"Drama", "War"};
  event.position = 3;
  event.propensity = 0.5F;
  std::string whole;
  encode_event(event, types, whole);
  feed_damage(whole, [&types](const std::string& bytes) {
    const auto decoded = decode_event(bytes, types);
    if (!decoded.ok()) return;
    std::string again;
    encode_event(*decoded, types, again);
    EXPECT_EQ(decode_event(again, types).value(), *decoded);
  });
}

TEST(DamagedBytes, UserState) {
  const EventTypes types;
  UserState state;
  state.items = {{ItemId("a"), hash64("a"), {"Drama", "War"}}, {ItemId("b"), hash64("b"), {"War"}}};
  state.interactions = {{kNow, 9, 0, kPurchase}, {kNow, 8, 1, kView}, {kNow - Duration(5), 9, 0, kView}};
  state.impressions = {{kNow + Duration(1), 1, 1, kImpression}, {kNow, 2, 0, kImpression}};
  std::string whole;
  encode_user_state(state, types, whole);
  feed_damage(whole, [&types](const std::string& bytes) {
    const auto decoded = decode_user_state(bytes, types);
    if (!decoded.ok()) return;
    std::string again;
    encode_user_state(*decoded, types, again);
    EXPECT_EQ(decode_user_state(again, types).value(), *decoded);
  });
}

TEST(DamagedBytes, BatchFeatures) {
  BatchFeatures features;
  features.user_embedding = {1, 2, 3};
  features.preferred_categories = {"Drama"};
  features.history = {1, 2, 3};
  std::string whole;
  encode_batch_features(features, whole);
  feed_damage(whole, [](const std::string& bytes) {
    const auto decoded = decode_batch_features(bytes);
    if (!decoded.ok()) return;
    std::string again;
    encode_batch_features(*decoded, again);
    EXPECT_EQ(again, bytes);
  });
}

TEST(DamagedBytes, ItemStats) {
  const EventTypes types;
  ItemStats stats;
  stats.buckets = {{472'222, kClick, 1}, {472'223, kView, 3}};
  stats.total[kClick.get()] = 10;
  stats.total[kView.get()] = 3;
  stats.categories = {"Drama"};
  stats.categories_time = kNow;
  std::string whole;
  encode_item_stats(stats, types, whole);
  feed_damage(whole, [&types](const std::string& bytes) {
    const auto decoded = decode_item_stats(bytes, types);
    if (!decoded.ok()) return;
    std::string again;
    encode_item_stats(*decoded, types, again);
    EXPECT_EQ(decode_item_stats(again, types).value(), *decoded);
  });
}

TEST(DamagedBytes, Model) {
  TrainedModel model;
  model.items = {ItemId("a"), ItemId("b")};
  model.item_factors = Matrix(2, 2);
  model.gram = Matrix(2, 2);
  model.item_neighbours.columns = 2;
  model.item_neighbours.offsets = {0, 1, 2};
  model.item_neighbours.indices = {1, 0};
  model.item_neighbours.values = {0.5F, 0.5F};
  model.item_graph = {2, {0, 1, 1}, {1}, {0.25F}};
  model.content.terms = {"drama"};
  model.content.idf = {1};
  model.content.item_vectors = {1, {0, 1, 1}, {0}, {1}};
  model.popularity = {2, 1};
  model.recent_popularity = {1, 1};
  const auto whole = encode_model(model);
  for (const auto& [name, bytes] : whole) {
    auto artifacts = whole;
    std::string& artifact = artifacts[name];
    feed_damage(bytes, [&artifacts, &artifact](const std::string& damage) {
      artifact = damage;
      const auto decoded = decode_model(artifacts);
      if (!decoded.ok()) return;
      EXPECT_EQ(encode_model(*decoded), artifacts);
    });
  }
}

}  // namespace
}  // namespace magpie
