#include "batch/rejects.h"

#include <utility>

namespace magpie::batch {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '\t': out.append("\\t"); break;
      case '\n': out.append("\\n"); break;
      case '\r': out.append("\\r"); break;
      case '\\': out.append("\\\\"); break;
      default: out.push_back(c);
    }
  }
  return out;
}

}  // namespace

void Rejects::add(Reject reject) {
  if (count_++ == 0) {
    file_.open(path_, std::ios::binary | std::ios::trunc);
    file_ << "file\tline\treason\ttext\n";
  }
  if (reject.text.size() > kMaxText) reject.text.resize(kMaxText);
  file_ << escaped(reject.file) << '\t' << reject.line << '\t' << escaped(reject.reason) << '\t' << escaped(reject.text)
        << '\n';
  if (first_.size() < kShown) first_.push_back(std::move(reject));
}

Status Rejects::finish() {
  if (count_ == 0) return ok_status();
  file_.flush();
  if (file_.good()) return ok_status();
  return unavailable("cannot write " + path_.string());
}

}  // namespace magpie::batch
