#include "model/event_codec.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "model/item.h"

namespace magpie {
namespace {

Event small_event() {
  Event event;
  event.id = EventId("e");
  event.user = UserId("u");
  event.item = ItemId("i");
  event.type = kClick;
  event.time = from_unix_ms(1'700'000'000'123);
  return event;
}

Event full_event() {
  Event event = small_event();
  event.id = EventId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
  event.type = kImpression;
  event.value = -2.5;
  event.session = SessionId("s");
  event.request = RequestId("r");
  event.context = {"home", "phone", "eu"};
  event.categories = {"Drama",
                      "Com\xC3\xA9"
                      "die",
                      ""};
  event.position = 0;
  event.propensity = 0.25F;
  event.model_version = ModelVersion(7);
  return event;
}

std::string encoded(const Event& event) {
  std::string bytes;
  encode_event(event, EventTypes(), bytes);
  return bytes;
}

ErrorCode decode_error(const Event& event) { return decode_event(encoded(event), EventTypes()).error().code(); }

TEST(EventCodec, ReadsBackWhatItWrote) {
  const EventTypes types;
  for (const Event& event : {small_event(), full_event(), small_event()}) {
    const auto decoded = decode_event(encoded(event), types);
    ASSERT_TRUE(decoded.ok()) << decoded.error().to_string();
    EXPECT_EQ(*decoded, event);
  }
}

TEST(EventCodec, Appends) {
  std::string bytes = "before";
  encode_event(small_event(), EventTypes(), bytes);
  EXPECT_EQ(bytes, "before" + encoded(small_event()));
}

TEST(EventCodec, BytesAreFixed) {
  Event event = small_event();
  event.time = from_unix_ms(1);
  EXPECT_EQ(encoded(event),
            "\x0A\x01"
            "e\x12\x01"
            "u\x1A\x01"
            "i\x22\x05"
            "click\x28\x01");
}

TEST(EventCodec, ANameOutlivesItsCode) {
  EventTypes before;
  ASSERT_TRUE(before.set("rent", 1).ok());
  ASSERT_TRUE(before.set("return", 1).ok());
  EventTypes after;
  ASSERT_TRUE(after.set("return", 1).ok());
  Event event = small_event();
  event.type = *before.find("return");
  std::string bytes;
  encode_event(event, before, bytes);
  EXPECT_EQ(decode_event(bytes, after)->type, after.find("return"));
}

TEST(EventCodec, AKindThatIsNotConfiguredIsAFailedPrecondition) {
  EventTypes before;
  ASSERT_TRUE(before.set("rent", 1).ok());
  Event event = small_event();
  event.type = *before.find("rent");
  std::string bytes;
  encode_event(event, before, bytes);
  const auto decoded = decode_event(bytes, EventTypes());
  EXPECT_EQ(decoded.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_NE(decoded.error().message().find("rent"), std::string::npos);
}

TEST(EventCodec, RefusesWhatNoEdgeWouldHaveLetIn) {
  Event event = small_event();
  event.id = EventId();
  EXPECT_EQ(decode_error(event), ErrorCode::kDataLoss);
  event = small_event();
  event.user = UserId(std::string(kMaxIdLength + 1, 'x'));
  EXPECT_EQ(decode_error(event), ErrorCode::kDataLoss);
  event = small_event();
  event.time = from_unix_ms(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(decode_error(event), ErrorCode::kDataLoss);
  event = small_event();
  event.value = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(decode_error(event), ErrorCode::kDataLoss);
  for (const float propensity : {0.0F, -0.5F, 1.5F, std::numeric_limits<float>::quiet_NaN()}) {
    event = small_event();
    event.propensity = propensity;
    EXPECT_EQ(decode_error(event), ErrorCode::kDataLoss);
  }
  event = small_event();
  event.categories.assign(kMaxCategories + 1, "c");
  EXPECT_EQ(decode_error(event), ErrorCode::kDataLoss);
}

TEST(EventCodec, RefusesWhatIsNoRecord) {
  const EventTypes types;
  EXPECT_EQ(decode_event("", types).error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(decode_event("not a record", types).error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(decode_event(std::string(100'000, '\0'), types).error().code(), ErrorCode::kDataLoss);
  const std::string whole = encoded(small_event());
  EXPECT_EQ(decode_event(whole.substr(0, whole.size() - 1), types).error().code(), ErrorCode::kDataLoss);
}

TEST(EventCodec, FieldsOfALaterSchemaAreIgnored) {
  const std::string later = encoded(small_event()) +
                            "\xA2\x06\x03"
                            "new";  // Field 100, a string.
  EXPECT_EQ(decode_event(later, EventTypes()).value(), small_event());
}

TEST(EventCodec, IsThreadSafe) {
  const EventTypes types;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&types, i] {
      Event event = full_event();
      event.user = UserId("user" + std::to_string(i));
      for (int n = 0; n < 1000; ++n) {
        std::string bytes;
        encode_event(event, types, bytes);
        ASSERT_EQ(decode_event(bytes, types).value(), event);
      }
    });
  }
}

}  // namespace
}  // namespace magpie
