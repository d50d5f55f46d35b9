#include "base/bytes.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace magpie {
namespace {

TEST(Bytes, NumbersAreLittleEndianAndUnpadded) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.number(std::uint16_t{0x0102});
  writer.number(std::int8_t{-1});
  writer.number(std::uint32_t{1});
  EXPECT_EQ(bytes, std::string("\x02\x01\xFF\x01\x00\x00\x00", 7));
}

TEST(Bytes, ReadsBackWhatWasWritten) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.number(-1.5);
  writer.text<std::uint8_t>("magpie");
  writer.array(std::span<const float>(std::array{1.0F, 2.0F}));

  ByteReader reader(bytes);
  double number = 0;
  std::string_view text;
  std::vector<float> values;
  ASSERT_TRUE(reader.number(number).ok());
  ASSERT_TRUE(reader.text<std::uint8_t>(text).ok());
  ASSERT_TRUE(reader.array(2, values).ok());
  EXPECT_TRUE(reader.finish().ok());
  EXPECT_EQ(number, -1.5);
  EXPECT_EQ(text, "magpie");
  EXPECT_EQ(values, (std::vector<float>{1, 2}));
}

TEST(Bytes, AReaderNeverLooksPastTheEnd) {
  ByteReader reader(
      "\x05"
      "ab");
  std::uint64_t number = 7;
  std::string_view text = "before";
  std::vector<float> values;
  EXPECT_EQ(reader.number(number).error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(number, 7U);
  EXPECT_FALSE(reader.array(1, values).ok());
  EXPECT_FALSE(reader.text<std::uint8_t>(text).ok());
  EXPECT_EQ(text, "before");
  EXPECT_EQ(reader.remaining(), 2U);
  EXPECT_FALSE(reader.finish().ok());
}

TEST(Bytes, AHugeCountAsksForNoMemory) {
  ByteReader reader("12345678");
  std::vector<double> values;
  EXPECT_FALSE(reader.array(std::numeric_limits<std::uint64_t>::max(), values).ok());
  EXPECT_EQ(values.capacity(), 0U);
}

TEST(Bytes, ATextMayBeBounded) {
  std::string_view text;
  EXPECT_TRUE(ByteReader("\x03"
                         "abc")
                  .text<std::uint8_t>(text, 3)
                  .ok());
  EXPECT_FALSE(ByteReader("\x03"
                          "abc")
                   .text<std::uint8_t>(text, 2)
                   .ok());
}

TEST(Bytes, FormatIsChecked) {
  const auto check = [](std::string_view bytes) {
    ByteReader reader(bytes);
    return expect_format(reader, std::uint8_t{'M'}, std::uint8_t{2});
  };
  EXPECT_TRUE(check("M\x02").ok());
  EXPECT_EQ(check("N\x02").error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(check("M\x03").error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(check("M").error().code(), ErrorCode::kDataLoss);
}

}  // namespace
}  // namespace magpie
