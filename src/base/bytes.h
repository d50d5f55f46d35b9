// ByteWriter and ByteReader: little-endian binary records, the ground that every stored format stands on.
//
// A reader never looks past its bytes: a read that would returns kDataLoss and the reader stays usable.
// Thread-safety: plain values.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/status.h"

namespace magpie {

static_assert(std::endian::native == std::endian::little, "stored arrays are copied as they lie in memory");

// What is stored as it lies in memory: numbers, never structures (their padding has no defined value).
template <typename T>
concept StoredNumber = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

// Appends to a string that the caller owns and that must outlive the writer.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  template <StoredNumber T>
  void number(T value) {
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  // The elements without their count.
  template <StoredNumber T>
  void array(std::span<const T> values) {
    out_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  }
  // Length as a number of type Size, then the bytes. Precondition: the length fits.
  template <StoredNumber Size>
  void text(std::string_view value) {
    number(static_cast<Size>(value.size()));
    out_.append(value);
  }

 private:
  std::string& out_;
};

// Reads from bytes that must outlive the reader.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }
  // Fails unless every byte was read.
  [[nodiscard]] Status finish() const {
    return rest_.empty() ? Status() : Status(data_loss(std::to_string(rest_.size()) + " bytes too many"));
  }

  template <StoredNumber T>
  [[nodiscard]] Status number(T& value) {
    if (rest_.size() < sizeof value) return truncated();
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return {};
  }
  // `count` elements. Memory is only asked for once the bytes are known to be there.
  template <StoredNumber T>
  [[nodiscard]] Status array(std::uint64_t count, std::vector<T>& values) {
    if (count > rest_.size() / sizeof(T)) return truncated();
    values.resize(static_cast<std::size_t>(count));
    const std::size_t size = values.size() * sizeof(T);
    if (size > 0) std::memcpy(values.data(), rest_.data(), size);
    rest_.remove_prefix(size);
    return {};
  }
  // A view into the bytes, of at most `limit` bytes.
  template <StoredNumber Size>
  [[nodiscard]] Status text(std::string_view& value, std::size_t limit = std::numeric_limits<std::size_t>::max()) {
    Size size = 0;
    MAGPIE_RETURN_IF_ERROR(number(size));
    if (size > limit)
      return data_loss("a text of " + std::to_string(size) + " bytes where at most " + std::to_string(limit) +
                       " may stand");
    return bytes(size, value);
  }
  [[nodiscard]] Status bytes(std::size_t size, std::string_view& value) {
    if (rest_.size() < size) return truncated();
    value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return {};
  }

 private:
  static Error truncated() { return data_loss("the record ends too early"); }

  std::string_view rest_;
};

// Every stored record begins with a magic number, which says what it is, and the version of its format.
// Fails with kDataLoss on another magic, with kFailedPrecondition on a version that this program does not read.
template <StoredNumber Magic, StoredNumber Version>
[[nodiscard]] Status expect_format(ByteReader& reader, Magic magic, Version version) {
  Magic found_magic{};
  Version found_version{};
  MAGPIE_RETURN_IF_ERROR(reader.number(found_magic));
  MAGPIE_RETURN_IF_ERROR(reader.number(found_version));
  if (found_magic != magic) return data_loss("the magic number is wrong");
  if (found_version == version) return {};
  return failed_precondition("written in version " + std::to_string(found_version) +
                             " of the format, this program reads " + std::to_string(version));
}

}  // namespace magpie
