#include "api/json_decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace magpie::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

class Decode : public ::testing::Test {
 protected:
  Result<DecodedBatch<speed::RawEvent>> events(std::string body, BodyFormat format = BodyFormat::kJson) {
    return decoder_.events(body, format);
  }
  DecodedBatch<speed::RawEvent> good_events(std::string body, BodyFormat format = BodyFormat::kJson) {
    auto batch = events(body, format);
    EXPECT_TRUE(batch.ok()) << batch.status().to_string() << '\n' << body;
    return batch.ok() ? std::move(batch).value() : DecodedBatch<speed::RawEvent>();
  }
  Error malformed(const std::string& body) {
    const auto batch = events(body);
    EXPECT_FALSE(batch.ok()) << body;
    return batch.ok() ? internal_error("decoded") : batch.error();
  }
  std::pair<std::string, std::string> rejection(const std::string& body) {
    const auto batch = good_events(body);
    EXPECT_THAT(batch.rejected, SizeIs(1)) << body;
    return batch.rejected.empty() ? std::pair<std::string, std::string>()
                                  : std::pair(batch.rejected[0].field, batch.rejected[0].reason);
  }

  JsonDecoder decoder_;
};

using DecodeEvents = Decode;
using DecodeItems = Decode;
using DecodeUsers = Decode;

TEST_F(DecodeEvents, ReadsEveryField) {
  const auto batch =
      good_events(R"({"event_id":"e","user_id":"u","item_id":"i","type":"view","timestamp":-5,"value":2.5,
      "session_id":"s","request_id":"r","context":{"surface":"home","device":"tv","region":"nl"}})");
  EXPECT_TRUE(batch.single);
  ASSERT_THAT(batch.values, SizeIs(1));
  const auto& event = batch.values[0];
  EXPECT_EQ(event.event_id, "e");
  EXPECT_EQ(event.user_id, "u");
  EXPECT_EQ(event.item_id, "i");
  EXPECT_EQ(event.type, "view");
  EXPECT_EQ(event.timestamp_ms, -5);
  EXPECT_EQ(event.value, 2.5);
  EXPECT_EQ(event.session_id, "s");
  EXPECT_EQ(event.request_id, "r");
  EXPECT_EQ(event.context, (EventContext{"home", "tv", "nl"}));
}

TEST_F(DecodeEvents, AbsentAndNullAreTheSame) {
  const auto batch =
      good_events(R"([{"user_id":"u"},{"user_id":"u","timestamp":null,"value":null,"context":null,"type":null}])");
  ASSERT_THAT(batch.values, SizeIs(2));
  for (const auto& event : batch.values) {
    EXPECT_EQ(event.timestamp_ms, std::nullopt);
    EXPECT_EQ(event.value, 0);
    EXPECT_EQ(event.type, "");
  }
}

TEST_F(DecodeEvents, UnescapesStrings) {
  const auto batch = good_events(R"({"user_id":"a\"\\\/\n\u00e9\ud83c\udfac","item\u005fid":"x"})");
  ASSERT_THAT(batch.values, SizeIs(1));
  EXPECT_EQ(batch.values[0].user_id, "a\"\\/\n\xC3\xA9\xF0\x9F\x8E\xAC");
  EXPECT_EQ(batch.values[0].item_id, "x");
}

TEST_F(DecodeEvents, WholeNumbersMayBeValues) { EXPECT_EQ(good_events(R"({"value":3})").values[0].value, 3); }

TEST_F(DecodeEvents, RejectsAnElementAndKeepsTheRest) {
  const auto batch =
      good_events(R"([{"user_id":"a"},{"user_id":7},"text",{"user_id":"b","user":"c"},[],{"user_id":"d"}])");
  EXPECT_EQ(batch.size, 6U);
  ASSERT_THAT(batch.values, SizeIs(2));
  EXPECT_EQ(batch.values[1].user_id, "d");
  EXPECT_THAT(batch.positions, ElementsAre(0, 5));
  ASSERT_THAT(batch.rejected, SizeIs(4));
  EXPECT_EQ(batch.rejected[0].index, 1U);
  EXPECT_EQ(batch.rejected[0].field, "user_id");
  EXPECT_EQ(batch.rejected[1].reason, "must be an object");
  EXPECT_EQ(batch.rejected[2].field, "user");
  EXPECT_EQ(batch.rejected[3].index, 4U);
}

TEST_F(DecodeEvents, NamesTheMemberThatDoesNotFit) {
  using Pair = std::pair<std::string, std::string>;
  EXPECT_EQ(rejection(R"({"user_id":["x"]})"), Pair("user_id", "must be a string"));
  EXPECT_EQ(rejection(R"({"timestamp":"now"})"), Pair("timestamp", "must be a whole number"));
  EXPECT_EQ(rejection(R"({"timestamp":1.5})"), Pair("timestamp", "must be a whole number"));
  EXPECT_EQ(rejection(R"({"timestamp":99999999999999999999})"), Pair("timestamp", "must be a whole number"));
  EXPECT_EQ(rejection(R"({"value":"1"})"), Pair("value", "must be a number"));
  EXPECT_EQ(rejection(R"({"value":1e999})"), Pair("value", "must be a number"));
  EXPECT_EQ(rejection(R"({"context":"home"})"), Pair("context", "must be an object"));
  EXPECT_EQ(rejection(R"({"context":{"surface":1}})"), Pair("context.surface", "must be a string"));
  EXPECT_EQ(rejection(R"({"context":{"colour":"red"}})"), Pair("context.colour", "is not a known field"));
  EXPECT_EQ(rejection(R"({"timestamp_ms":{"deep":[1,{"er":2}]},"user_id":1})"),
            Pair("timestamp_ms", "is not a known field"));
}

TEST_F(DecodeEvents, SaysWhereItIsNoJson) {
  const auto error = malformed("[\n  {\"user_id\": \"a\"},\n  {\"user_id\": }\n]");
  EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.field(), "body");
  EXPECT_THAT(error.message(), HasSubstr("line 3, column 15"));
}

TEST_F(DecodeEvents, RefusesEveryKindOfMalformedText) {
  for (const auto* body : {"",
                           "  ",
                           "{",
                           "[",
                           "[{}",
                           "[{},",
                           "{}}",
                           "{} {}",
                           "[{}]x",
                           "{\"user_id\":\"a}",
                           "{\"user_id\" \"a\"}",
                           "{user_id:1}",
                           "{\"user_id\":\"a\",}",
                           "[{\"user_id\":\"a\"} {\"user_id\":\"b\"}]",
                           "{\"user_id\":\"\xFF\"}",
                           "{\"user_id\":\"\\x\"}",
                           "{\"user_id\":\"\\ud800\"}",
                           "nul",
                           "{\"value\":}",
                           "[,]"}) {
    EXPECT_EQ(malformed(body).field(), "body") << body;
  }
}

TEST_F(DecodeEvents, RefusesWhatIsNeitherObjectNorList) {
  for (const auto* body : {"1", "\"text\"", "true", "null"}) {
    EXPECT_THAT(malformed(body).message(), HasSubstr("must be an object or a list")) << body;
  }
}

TEST_F(DecodeEvents, AMalformedElementRefusesTheWholeList) {
  EXPECT_FALSE(events(R"([{"user_id":"a"},{"user_id":"b" "c"}])").ok());
  EXPECT_FALSE(events(R"([{"user_id":1,"item_id":"b" "c"}])").ok());
}

TEST_F(DecodeEvents, AnyTruncationIsRefused) {
  const std::string whole = R"([{"user_id":"a","timestamp":12,"context":{"device":"tv"}},{"user_id":"b"}])";
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(events(whole.substr(0, size)).ok()) << size;
  EXPECT_TRUE(events(whole).ok());
}

TEST_F(DecodeEvents, AgreesWithAnotherParserOnFlippedBytes) {
  const std::string whole = R"([{"user_id":"ab","value":12.5},{"user_id":"b"}])";
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string body = whole;
      body[at] = static_cast<char>(byte);
      const auto other = nlohmann::json::parse(body, nullptr, false);
      const auto batch = events(body);
      if (batch.ok() && batch->rejected.empty()) {
        EXPECT_FALSE(other.is_discarded()) << body;
      }
      if (!other.is_discarded() && other.is_array()) {
        EXPECT_TRUE(batch.ok()) << body;
      }
    }
  }
}

TEST_F(DecodeEvents, DeepNestingIsRefusedNotFollowed) {
  EXPECT_FALSE(events(std::string(100'000, '[')).ok());
  const std::string deep = "{\"context\":" + std::string(5000, '[') + std::string(5000, ']') + "}";
  const auto batch = events(deep);
  EXPECT_TRUE(!batch.ok() || batch->rejected.size() == 1);
}

TEST_F(DecodeEvents, StopsBehindTheLongestBatch) {
  std::string body = "[";
  for (std::size_t i = 0; i < kMaxBatch + 50; ++i) body += "{},";
  body.back() = ']';
  EXPECT_EQ(good_events(body).size, kMaxBatch + 1);
  std::string lines;
  for (std::size_t i = 0; i < kMaxBatch + 50; ++i) lines += "{}\n";
  EXPECT_EQ(good_events(lines, BodyFormat::kNdjson).size, kMaxBatch + 1);
}

TEST_F(DecodeEvents, HugeIdsAreReadForValidationToRefuse) {
  const std::string id(1'000'000, 'x');
  EXPECT_EQ(good_events("{\"user_id\":\"" + id + "\"}").values[0].user_id, id);
}

TEST_F(DecodeEvents, NdjsonRejectsBadLinesByThemselves) {
  const auto batch = good_events(
      "{\"user_id\":\"a\"}\n\n  \r\nnot json\n{\"user_id\":\"b\"}{\"user_id\":\"c\"}\n[1]\n{\"user_id\":\"d\"\n"
      "{\"user_id\":\"\xFF\"}\n{\"user_id\":\"e\"}\r\n{\"user_id\":\"f\"}",
      BodyFormat::kNdjson);
  EXPECT_EQ(batch.size, 8U);
  ASSERT_THAT(batch.values, SizeIs(3));
  EXPECT_THAT(batch.positions, ElementsAre(0, 6, 7));
  ASSERT_THAT(batch.rejected, SizeIs(5));
  EXPECT_EQ(batch.rejected[0].index, 1U);
  EXPECT_THAT(batch.rejected[0].reason, HasSubstr("malformed JSON"));
  EXPECT_EQ(batch.rejected[2].reason, "must be an object");
}

TEST_F(DecodeEvents, NdjsonOfNothingIsEmpty) {
  EXPECT_EQ(good_events("", BodyFormat::kNdjson).size, 0U);
  EXPECT_EQ(good_events("\n\n", BodyFormat::kNdjson).size, 0U);
}

TEST_F(DecodeEvents, ABufferServesManyBodies) {
  for (int i = 0; i < 100; ++i) {
    const std::string id(static_cast<std::size_t>(i) * 37, 'x');
    EXPECT_EQ(good_events("[{\"user_id\":\"" + id + "\"}]").values[0].user_id, id);
    decoder_.shrink();
  }
}

TEST_F(DecodeItems, ReadsEveryFieldAndFillsDefaults) {
  std::string body = R"([{"id":"a","title":"T","description":"D","categories":["x","y"],"tags":["t"],"price":1.5,
      "created_at":7,"available":false,"editorial":true,"embedding":[1,-0.5]},{"id":"b"}])";
  const auto batch = decoder_.items(body, BodyFormat::kJson, kNow);
  ASSERT_TRUE(batch.ok()) << batch.status().to_string();
  ASSERT_THAT(batch->values, SizeIs(2));
  const Item& full = batch->values[0];
  EXPECT_EQ(full.id, ItemId("a"));
  EXPECT_EQ(full.title, "T");
  EXPECT_EQ(full.description, "D");
  EXPECT_THAT(full.categories, ElementsAre("x", "y"));
  EXPECT_THAT(full.tags, ElementsAre("t"));
  EXPECT_EQ(full.price, 1.5);
  EXPECT_EQ(full.created_at, from_unix_ms(7));
  EXPECT_FALSE(full.available);
  EXPECT_TRUE(full.editorial);
  EXPECT_THAT(full.embedding, ElementsAre(1.0F, -0.5F));
  const Item& bare = batch->values[1];
  EXPECT_EQ(bare.created_at, kNow);
  EXPECT_TRUE(bare.available);
  EXPECT_EQ(bare.price, std::nullopt);
}

TEST_F(DecodeItems, NamesElementsOfLists) {
  std::string body = R"([{"id":"a","categories":["x",1]},{"id":"a","embedding":["x"]},{"id":"a","tags":"x"}])";
  const auto batch = decoder_.items(body, BodyFormat::kJson, kNow);
  ASSERT_TRUE(batch.ok());
  ASSERT_THAT(batch->rejected, SizeIs(3));
  EXPECT_EQ(batch->rejected[0].field, "categories[1]");
  EXPECT_EQ(batch->rejected[1].field, "embedding[0]");
  EXPECT_EQ(batch->rejected[2].reason, "must be a list");
}

TEST_F(DecodeItems, BoundsListsWhileReading) {
  std::string body = "[{\"id\":\"a\",\"embedding\":[0";
  for (int i = 0; i < 5000; ++i) body += ",0";
  body += "]},{\"id\":\"b\"}]";
  const auto batch = decoder_.items(body, BodyFormat::kJson, kNow);
  ASSERT_TRUE(batch.ok());
  ASSERT_THAT(batch->rejected, SizeIs(1));
  EXPECT_EQ(batch->rejected[0].reason, "must have at most 1024 entries");
  ASSERT_THAT(batch->values, SizeIs(1));
  EXPECT_EQ(batch->values[0].id, ItemId("b"));
}

TEST_F(DecodeItems, TheAddressGivesTheId) {
  std::string body = R"({"title":"T"})";
  EXPECT_EQ(decoder_.item(body, "a", kNow)->id, ItemId("a"));
  body = R"({"id":"a"})";
  EXPECT_TRUE(decoder_.item(body, "a", kNow).ok());
  body = R"({"id":"b"})";
  const auto other = decoder_.item(body, "a", kNow);
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().field(), "id");
  body = R"([{"id":"a"}])";
  EXPECT_FALSE(decoder_.item(body, "a", kNow).ok());
}

TEST_F(DecodeUsers, ReadsEveryField) {
  std::string body = R"({"id":"u","interests":["x"],"created_at":7,"segment":"beta"})";
  const auto user = decoder_.user(body, "u", kNow);
  ASSERT_TRUE(user.ok()) << user.status().to_string();
  EXPECT_EQ(*user, (User{UserId("u"), {"x"}, from_unix_ms(7), "beta"}));
  std::string lines = "{\"id\":\"v\"}\n{\"name\":\"w\"}\n";
  const auto batch = decoder_.users(lines, BodyFormat::kNdjson, kNow);
  ASSERT_TRUE(batch.ok());
  ASSERT_THAT(batch->values, SizeIs(1));
  EXPECT_EQ(batch->values[0].created_at, kNow);
  EXPECT_EQ(batch->rejected[0].field, "name");
}

}  // namespace
}  // namespace magpie::api
