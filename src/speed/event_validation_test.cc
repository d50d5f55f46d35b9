#include "speed/event_validation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "model/user_state.h"

namespace magpie::speed {
namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

RawEvent valid() {
  RawEvent raw;
  raw.user_id = "u1";
  raw.item_id = "i1";
  raw.type = "view";
  return raw;
}

// The field that is refused, or "" where the event is valid.
std::string refused_field(const RawEvent& raw) {
  const auto event = to_event(raw, EventTypes::defaults(), kNow);
  if (event.ok()) return {};
  EXPECT_EQ(event.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(std::find(kEventFields.begin(), kEventFields.end(), event.error().field()), kEventFields.end())
      << "a field without a counter: " << event.error().field();
  return event.error().field();
}

std::string refused_field(void (*edit)(RawEvent&)) {
  RawEvent raw = valid();
  edit(raw);
  return refused_field(raw);
}

TEST(EventValidation, KeepsEveryField) {
  RawEvent raw = valid();
  raw.event_id = "e1";
  raw.type = "purchase";
  raw.timestamp_ms = 1'699'999'999'999;
  raw.value = 9.5;
  raw.session_id = "s1";
  raw.request_id = "r1";
  raw.context = {"home", "phone", "eu"};
  const auto event = to_event(raw, EventTypes::defaults(), kNow);
  ASSERT_TRUE(event.ok()) << event.error().to_string();
  Event expected;
  expected.id = EventId("e1");
  expected.user = UserId("u1");
  expected.item = ItemId("i1");
  expected.type = kPurchase;
  expected.time = from_unix_ms(1'699'999'999'999);
  expected.value = 9.5;
  expected.session = SessionId("s1");
  expected.request = RequestId("r1");
  expected.context = {"home", "phone", "eu"};
  EXPECT_EQ(*event, expected);
}

TEST(EventValidation, MissingTimeIsNow) {
  const auto event = to_event(valid(), EventTypes::defaults(), kNow);
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(event->time, kNow);
  EXPECT_TRUE(event->id.get().empty()) << "the id is given by the caller";
}

TEST(EventValidation, NamesTheWrongField) {
  EXPECT_EQ(refused_field(valid()), "");
  EXPECT_EQ(refused_field([](RawEvent& raw) { raw.user_id.clear(); }), "user_id");
  EXPECT_EQ(refused_field([](RawEvent& raw) { raw.item_id.clear(); }), "item_id");
  EXPECT_EQ(refused_field([](RawEvent& raw) { raw.item_id.assign(kMaxIdLength + 1, 'x'); }), "item_id");
  EXPECT_EQ(refused_field([](RawEvent& raw) { raw.user_id = "bad\xff"; }), "user_id");
  EXPECT_EQ(refused_field([](RawEvent& raw) { raw.event_id = "new\nline"; }), "event_id");
  EXPECT_EQ(refused_field([](RawEvent& raw) { raw.type.clear(); }), "type");
  EXPECT_EQ(refused_field([](RawEvent& raw) { raw.type = "teleport"; }), "type");
  EXPECT_EQ(refused_field([](RawEvent& raw) { raw.value = std::numeric_limits<double>::quiet_NaN(); }), "value");
  EXPECT_EQ(refused_field([](RawEvent& raw) { raw.value = std::numeric_limits<double>::infinity(); }), "value");
  EXPECT_EQ(refused_field([](RawEvent& raw) { raw.session_id.assign(300, 's'); }), "session_id");
  EXPECT_EQ(refused_field([](RawEvent& raw) { raw.request_id.assign(300, 'r'); }), "request_id");
  EXPECT_EQ(refused_field([](RawEvent& raw) { raw.context.surface.assign(300, 's'); }), "context.surface");
  EXPECT_EQ(refused_field([](RawEvent& raw) { raw.context.device.assign(300, 'd'); }), "context.device");
  EXPECT_EQ(refused_field([](RawEvent& raw) { raw.context.region.assign(300, 'r'); }), "context.region");
}

TEST(EventValidation, TimeBoundsAreInclusive) {
  const auto field_at = [](std::int64_t ms) {
    RawEvent raw = valid();
    raw.timestamp_ms = ms;
    return refused_field(raw);
  };
  const std::int64_t latest = to_unix_ms(kNow + kMaxClockSkew);
  EXPECT_EQ(field_at(0), "");
  EXPECT_EQ(field_at(-1), "timestamp");
  EXPECT_EQ(field_at(latest), "");
  EXPECT_EQ(field_at(latest + 1), "timestamp");
  EXPECT_EQ(field_at(std::numeric_limits<std::int64_t>::max()), "timestamp");
  EXPECT_EQ(field_at(std::numeric_limits<std::int64_t>::min()), "timestamp");
}

TEST(EventValidation, UnknownTypeListsTheKnownOnes) {
  RawEvent raw = valid();
  raw.type = "teleport";
  const auto event = to_event(raw, EventTypes::defaults(), kNow);
  ASSERT_FALSE(event.ok());
  EXPECT_NE(event.error().message().find("add_to_cart"), std::string::npos) << event.error().message();
}

}  // namespace
}  // namespace magpie::speed
