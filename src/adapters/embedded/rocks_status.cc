#include "adapters/embedded/rocks_status.h"

#include <string>

namespace magpie::embedded {
namespace {

ErrorCode code_of(const rocksdb::Status& status) {
  using Rocks = rocksdb::Status;
  if (status.IsNoSpace() || status.subcode() == Rocks::kSpaceLimit || status.IsMemoryLimit()) {
    return ErrorCode::kResourceExhausted;
  }
  // RocksDB knows which files it wrote: one that is gone is damage.
  if (status.IsCorruption() || status.IsPathNotFound()) return ErrorCode::kDataLoss;
  switch (status.code()) {
    case Rocks::kNotFound: return ErrorCode::kNotFound;
    case Rocks::kIOError:
    case Rocks::kBusy:
    case Rocks::kTryAgain:
    case Rocks::kTimedOut:
    case Rocks::kIncomplete:
    case Rocks::kShutdownInProgress: return ErrorCode::kUnavailable;
    default: return ErrorCode::kInternal;
  }
}

}  // namespace

Error to_error(const rocksdb::Status& status, std::string_view doing) {
  return {code_of(status), "cannot " + std::string(doing) + ": " + status.ToString()};
}

Status to_status(const rocksdb::Status& status, std::string_view doing) {
  if (status.ok()) return ok_status();
  return to_error(status, doing);
}

Status write(rocksdb::DB& database, rocksdb::WriteBatch& batch, Durability durability, std::string_view doing) {
  rocksdb::WriteOptions options;
  options.sync = durability == Durability::kSynced;
  rocksdb::Status status = database.Write(options, &batch);
  if (!status.ok() && database.Resume().ok()) status = database.Write(options, &batch);
  return to_status(status, doing);
}

}  // namespace magpie::embedded
