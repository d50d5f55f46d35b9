// A scan over a range of keys of one column family.
// Thread-safe.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <string_view>

#include "adapters/embedded/rocks_status.h"
#include "base/status.h"

namespace magpie::embedded {

// Calls visit(key, value), which returns a Status, for every record in [begin, end), in order, until one fails.
// It sees the state of the moment it began; writes meanwhile are allowed, also from `visit`.
template <typename Visit>
[[nodiscard]] Status scan(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& family, std::string_view begin,
                          std::string_view end, const Visit& visit) {
  const rocksdb::Slice upper(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &upper;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> iterator(database.NewIterator(options, &family));
  for (iterator->Seek(begin); iterator->Valid(); iterator->Next()) {
    MAGPIE_RETURN_IF_ERROR(visit(iterator->key().ToStringView(), iterator->value().ToStringView()));
  }
  return to_status(iterator->status(), "scan the database");
}

}  // namespace magpie::embedded
