#include "api/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <array>

#include "base/random.h"

namespace magpie::api {
namespace {

std::string gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

TEST(Gunzip, RestoresContentOfAnySize) {
  Random random(1);
  for (const std::size_t size : {0UL, 1UL, 16383UL, 16384UL, 16385UL, 1'000'000UL}) {
    std::string text(size, ' ');
    for (auto& c : text) c = static_cast<char>('a' + random.below(4));
    std::string out = "what was there";
    EXPECT_EQ(gunzip(gzip(text), 1'000'000, out), GunzipResult::kOk);
    EXPECT_EQ(out, text);
  }
}

TEST(Gunzip, TakesSeveralMembersAsOne) {
  std::string out;
  EXPECT_EQ(gunzip(gzip("one ") + gzip("") + gzip("two"), 100, out), GunzipResult::kOk);
  EXPECT_EQ(out, "one two");
}

TEST(Gunzip, BoundsABomb) {
  const std::string bomb = gzip(std::string(50'000'000, 'x'));
  ASSERT_LT(bomb.size(), 100'000U);
  std::string out;
  EXPECT_EQ(gunzip(bomb, 1'000'000, out), GunzipResult::kTooLarge);
  EXPECT_LT(out.capacity(), 100U);
}

TEST(Gunzip, TheLimitItselfIsAllowed) {
  std::string out;
  EXPECT_EQ(gunzip(gzip(std::string(1000, 'x')), 1000, out), GunzipResult::kOk);
  EXPECT_EQ(gunzip(gzip(std::string(1001, 'x')), 1000, out), GunzipResult::kTooLarge);
}

TEST(Gunzip, RefusesWhatIsCutShortAtAnyByte) {
  const std::string whole = gzip("a text that is not too short to be cut");
  std::string out;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(gunzip(whole.substr(0, size), 1000, out), GunzipResult::kDamaged) << size;
  }
}

TEST(Gunzip, RefusesGarbage) {
  std::string out;
  EXPECT_EQ(gunzip("{\"not\":\"gzip\"}", 1000, out), GunzipResult::kDamaged);
  EXPECT_EQ(gunzip(gzip("text") + "garbage", 1000, out), GunzipResult::kDamaged);
  std::string flipped = gzip("a text whose checksum will not fit");
  flipped[flipped.size() - 6] = static_cast<char>(flipped[flipped.size() - 6] ^ 1);
  EXPECT_EQ(gunzip(flipped, 1000, out), GunzipResult::kDamaged);
}

}  // namespace
}  // namespace magpie::api
