#include "api/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/random.h"

namespace magpie::api {
namespace {

std::string as_json(std::string_view text) {
  std::string out;
  JsonWriter(out).string(text);
  return out;
}

TEST(JsonWriter, PlacesCommasBetweenMembersAndElementsOnly) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("a", "x").key("b").begin_array().integer(-1).unsigned_integer(2).null().boolean(true);
  json.begin_object().end_object().begin_array().end_array().end_array();
  json.key("c").begin_object().end_object().end_object();
  EXPECT_EQ(out, R"({"a":"x","b":[-1,2,null,true,{},[]],"c":{}})");
}

TEST(JsonWriter, TellsAStringThatEndsLikeAnOpeningFromAnOpening) {
  std::string out;
  JsonWriter json(out);
  json.begin_array().string("[").string("{").string(":").string("").end_array();
  EXPECT_EQ(out, R"(["[","{",":",""])");
}

TEST(JsonWriter, Escapes) {
  EXPECT_EQ(as_json("say \"hi\" \\ / \n\r\t"), R"("say \"hi\" \\ / \n\r\t")");
  EXPECT_EQ(as_json(std::string_view("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(as_json("d\xC3\xA9j\xC3\xA0 \xE2\x82\xAC \xF0\x9F\x8E\xAC"),
            "\"d\xC3\xA9j\xC3\xA0 \xE2\x82\xAC \xF0\x9F\x8E\xAC\"");
}

TEST(JsonWriter, ReplacesWhatIsNoUtf8) {
  const std::string mark = "\xEF\xBF\xBD";
  EXPECT_EQ(as_json("a\xFF"
                    "b"),
            "\"a" + mark + "b\"");
  EXPECT_EQ(as_json("\xC3"), "\"" + mark + "\"");                             // Cut short.
  EXPECT_EQ(as_json("\xC0\xAF"), "\"" + mark + mark + "\"");                  // Overlong.
  EXPECT_EQ(as_json("\xED\xA0\x80"), "\"" + mark + mark + mark + "\"");       // A surrogate.
  EXPECT_EQ(as_json("\xF4\x90\x80\x80"), "\"" + mark + mark + mark + mark + "\"");  // Above U+10FFFF.
}

TEST(JsonWriter, WritesNumbersThatReadBackAsTheSame) {
  for (const double value : {0.0, -1.5, 0.1, 1e300, 5e-324, 1.0 / 3}) {
    std::string out;
    JsonWriter(out).number(value);
    EXPECT_EQ(std::strtod(out.c_str(), nullptr), value) << out;
  }
  std::string out;
  JsonWriter(out).number(0.1F);
  EXPECT_EQ(out, "0.1");
}

TEST(JsonWriter, WritesNullForWhatJsonLacks) {
  std::string out;
  JsonWriter json(out);
  json.begin_array().number(std::nan("")).number(std::numeric_limits<float>::infinity()).end_array();
  EXPECT_EQ(out, "[null,null]");
}

TEST(JsonWriter, AnyBytesGiveJsonThatAnotherParserTakes) {
  Random random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (std::uint64_t length = random.below(24); length > 0; --length) {
      text += static_cast<char>(random.below(2) == 0 ? random.below(256) : 0xC0 + random.below(0x40));
    }
    const auto parsed = nlohmann::json::parse(as_json(text), nullptr, false);
    ASSERT_FALSE(parsed.is_discarded()) << as_json(text);
  }
}

TEST(JsonWriter, WritesLists) {
  std::string out;
  const std::vector<std::string> names{"a", "b"};
  JsonWriter(out).strings(names);
  EXPECT_EQ(out, R"(["a","b"])");
}

}  // namespace
}  // namespace magpie::api
