#include "api/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace magpie::api {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;
constexpr std::size_t kFirstChunk = 16 * 1024;

class Inflater {
 public:
  explicit Inflater(std::string_view compressed) : rest_(compressed) {
    ready_ = inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  [[nodiscard]] bool ready() const { return ready_; }

  // Decompresses into [out, out + size) until that is full, the member ends (Z_STREAM_END), or the input is used up
  // (Z_BUF_ERROR). Sets how much was written.
  int run(char* out, std::size_t size, std::size_t& written) {
    feed();
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
    const uInt before = stream_.avail_out;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    written = before - stream_.avail_out;
    return result;
  }

  [[nodiscard]] bool at_end() const { return rest_.empty() && stream_.avail_in == 0; }
  bool next_member() { return inflateReset(&stream_) == Z_OK; }

 private:
  void feed() {
    if (stream_.avail_in > 0 || rest_.empty()) return;
    const auto size = std::min<std::size_t>(rest_.size(), std::numeric_limits<uInt>::max());
    // zlib never writes through next_in; its type lacks the const for history's sake.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
    stream_.avail_in = static_cast<uInt>(size);
    rest_.remove_prefix(size);
  }

  std::string_view rest_;
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

GunzipResult gunzip(std::string_view compressed, std::size_t limit, std::string& out) {
  out.clear();
  Inflater inflater(compressed);
  if (!inflater.ready() || compressed.empty()) return GunzipResult::kDamaged;
  std::size_t size = 0;
  while (true) {
    // One byte beyond the limit tells content that is as long as the limit from content that is longer.
    if (size == out.size()) out.resize(std::min(limit + 1, std::max(kFirstChunk, 2 * size)));
    std::size_t written = 0;
    const int result = inflater.run(out.data() + size, out.size() - size, written);
    size += written;
    if (size > limit) {
      std::string().swap(out);
      return GunzipResult::kTooLarge;
    }
    if (result == Z_STREAM_END) {
      if (inflater.at_end()) break;
      if (!inflater.next_member()) return GunzipResult::kDamaged;
    } else if (result != Z_OK || (written == 0 && inflater.at_end())) {
      return GunzipResult::kDamaged;
    }
  }
  out.resize(size);
  return GunzipResult::kOk;
}

}  // namespace magpie::api
