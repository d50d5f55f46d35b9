// How RocksDB's outcomes become ours, and the one way that this folder writes.
// Thread-safe.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <string_view>

#include "base/status.h"

namespace magpie::embedded {

// `doing` completes the sentence "cannot ...": "append to the event log".
// Disk full: kResourceExhausted; damaged or missing files: kDataLoss; other failures of the disk: kUnavailable.
[[nodiscard]] Error to_error(const rocksdb::Status& status, std::string_view doing);
[[nodiscard]] Status to_status(const rocksdb::Status& status, std::string_view doing);

enum class Durability {
  kOrdered,  // In the write-ahead log's order; a crash of the machine may lose a tail of such writes.
  kSynced,   // On the disk on return, and with it every write before.
};

// After a failure RocksDB refuses every write until it has recovered. From a full disk it does so by itself, within
// some seconds of there being space again; from other failures of the disk when it is told to, which this does, and
// then tries once more. The batch may thus be applied twice, so it holds only puts and deletes, never merges.
[[nodiscard]] Status write(rocksdb::DB& database, rocksdb::WriteBatch& batch, Durability durability,
                           std::string_view doing);

}  // namespace magpie::embedded
