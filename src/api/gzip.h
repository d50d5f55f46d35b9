// Decompression of gzip bodies (RFC 1952), bounded. Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace magpie::api {

enum class GunzipResult {
  kOk,
  kDamaged,   // Not gzip, cut short, a wrong checksum, or bytes after the end.
  kTooLarge,  // The content is longer than the limit: nothing is kept of it.
};

// Replaces `out` by the content, at most `limit` bytes. Several members in a row are one content (RFC 1952, 2.2).
// Memory: grows with the content, never with what a bomb claims to hold.
[[nodiscard]] GunzipResult gunzip(std::string_view compressed, std::size_t limit, std::string& out);

}  // namespace magpie::api
