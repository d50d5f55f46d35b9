#include "base/ulid.h"

#include <cstddef>
#include <string_view>

namespace magpie {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kTimeDigits = 10;
constexpr std::size_t kHalfDigits = 8;  // Of the 16 random digits: 40 bits of one random number.
constexpr std::size_t kDigits = kTimeDigits + 2 * kHalfDigits;

// The lowest 5 * count bits, most significant digit first.
void write_digits(std::uint64_t bits, std::size_t count, char* out) {
  for (std::size_t digit = count; digit > 0; --digit, bits >>= 5) out[digit - 1] = kAlphabet[bits & 31];
}

}  // namespace

std::string UlidGenerator::next() {
  std::string id(kDigits, '0');
  write_digits(static_cast<std::uint64_t>(to_unix_ms(clock_.now())), kTimeDigits, id.data());
  const std::lock_guard lock(mutex_);
  write_digits(random_.next(), kHalfDigits, id.data() + kTimeDigits);
  write_digits(random_.next(), kHalfDigits, id.data() + kTimeDigits + kHalfDigits);
  return id;
}

}  // namespace magpie
