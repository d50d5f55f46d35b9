#include "adapters/embedded/rocks_event_log.h"

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <cstring>
#include <utility>

#include "adapters/embedded/event_log_keys.h"
#include "adapters/embedded/rocks_status.h"
#include "base/hash.h"
#include "magpie/v1/event.pb.h"
#include "model/event_codec.h"

namespace magpie::embedded {
namespace {

constexpr std::size_t kScanReadahead = 2 << 20;    // bytes
constexpr std::size_t kErasuresPerBatch = 10'000;  // records

rocksdb::Slice slice(const RecordKey& key) { return {key.data(), key.size()}; }

Result<std::uint64_t> read_number(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& metadata, const std::string& key,
                                  std::uint64_t absent) {
  std::string value;
  const auto status = database.Get({}, &metadata, key, &value);
  if (status.IsNotFound()) return absent;
  if (!status.ok()) return to_error(status, "read " + key);
  const auto number = parse_number(value);
  if (!number) return data_loss("cannot read " + key + ": not a number");
  return *number;
}

Result<Partition> partition_count(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& metadata, Partition wanted) {
  MAGPIE_ASSIGN_OR_RETURN(const auto stored, read_number(database, metadata, partitions_key(), 0));
  if (stored != 0) return static_cast<Partition>(stored);
  if (wanted == 0) return invalid_argument("partitions", "must be at least 1");
  rocksdb::WriteBatch batch;
  batch.Put(&metadata, partitions_key(), number_value(wanted));
  MAGPIE_RETURN_IF_ERROR(write(database, batch, Durability::kSynced, "create the event log"));
  return wanted;
}

// Records of [from, below) of one partition; the slices that an iterator's options point to live as long as it.
class RecordScan {
 public:
  RecordScan(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& records, Partition partition, Offset from,
             Offset below, std::size_t readahead)
      : upper_key_(record_key(partition, below)), upper_(slice(upper_key_)) {
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &upper_;
    options.readahead_size = readahead;
    options.fill_cache = false;
    iterator_.reset(database.NewIterator(options, &records));
    iterator_->Seek(slice(record_key(partition, from)));
  }
  RecordScan(const RecordScan&) = delete;
  RecordScan& operator=(const RecordScan&) = delete;

  [[nodiscard]] bool valid() const { return iterator_->Valid(); }
  void next() { iterator_->Next(); }
  [[nodiscard]] rocksdb::Slice key() const { return iterator_->key(); }
  [[nodiscard]] Offset offset() const { return offset_of(iterator_->key().ToStringView()); }
  [[nodiscard]] std::string_view record() const { return iterator_->value().ToStringView(); }
  // Why it is no longer valid: ok at the end.
  [[nodiscard]] Status status() const { return to_status(iterator_->status(), "read the event log"); }

 private:
  RecordKey upper_key_;
  rocksdb::Slice upper_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

// Whether the record is the user's. Almost every other record is told apart without decoding: an encoded record
// carries the id's bytes as they are.
Result<bool> belongs_to(std::string_view record, const UserId& user) {
  const auto& id = user.get();
  if (::memmem(record.data(), record.size(), id.data(), id.size()) == nullptr) return false;
  v1::EventRecord decoded;
  if (!decoded.ParseFromArray(record.data(), static_cast<int>(record.size()))) {
    return data_loss("cannot erase from the event log: a record is damaged");
  }
  return decoded.user_id() == id;
}

}  // namespace

Result<std::unique_ptr<RocksEventLog>> RocksEventLog::open(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& records,
                                                           rocksdb::ColumnFamilyHandle& metadata,
                                                           const EventTypes& types, const Clock& clock,
                                                           Metrics& metrics, const EventLogSettings& settings) {
  MAGPIE_ASSIGN_OR_RETURN(const auto count, partition_count(database, metadata, settings.partitions));
  std::vector<Bounds> bounds(count);
  for (Partition partition = 0; partition < count; ++partition) {
    MAGPIE_ASSIGN_OR_RETURN(bounds[partition].begin, read_number(database, metadata, begin_key(partition), 0));
    MAGPIE_ASSIGN_OR_RETURN(bounds[partition].end, read_number(database, metadata, end_key(partition), 0));
  }
  return std::unique_ptr<RocksEventLog>(
      new RocksEventLog(database, records, metadata, types, clock, metrics, settings, std::move(bounds)));
}

RocksEventLog::RocksEventLog(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& records,
                             rocksdb::ColumnFamilyHandle& metadata, const EventTypes& types, const Clock& clock,
                             Metrics& metrics, const EventLogSettings& settings, std::vector<Bounds> bounds)
    : database_(database),
      records_(records),
      metadata_(metadata),
      types_(types),
      clock_(clock),
      settings_(settings),
      events_committed_(metrics.counter("magpie_log_events_total", "Events made durable in the event log.")),
      appends_refused_(metrics.counter("magpie_log_refused_total", "Appends refused because the queue was full.")),
      commit_seconds_(metrics.histogram("magpie_log_commit_seconds", "Time of one group commit, fsync included.",
                                        latency_bounds())),
      bounds_(std::move(bounds)),
      committer_([this] { run(); }) {}

RocksEventLog::~RocksEventLog() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  queued_.notify_all();
}

Partition RocksEventLog::partition_of(const UserId& user) const {
  return static_cast<Partition>(hash64(user.get()) % bounds_.size());
}

RocksEventLog::Pending RocksEventLog::encode(const std::vector<Event>& events) const {
  Pending pending;
  pending.records.reserve(events.size());
  for (const auto& event : events) {
    const std::size_t before = pending.bytes.size();
    encode_event(event, types_, pending.bytes);
    pending.records.push_back({partition_of(event.user), pending.bytes.size() - before});
  }
  return pending;
}

void RocksEventLog::append(std::vector<Event> events, Acknowledge done) {
  if (events.empty()) return done(ok_status());
  Pending pending = encode(events);
  pending.done = std::move(done);
  if (enqueue(pending)) return;
  appends_refused_.add();
  pending.done(resource_exhausted("the event log's queue is full"));
}

bool RocksEventLog::enqueue(Pending& pending) {
  {
    const std::lock_guard lock(mutex_);
    const std::size_t bytes = pending.bytes.size();
    // An append larger than the whole queue is taken when the queue is empty: it could never be taken otherwise.
    if (!queue_.empty() && queued_bytes_ + bytes > settings_.queue_bytes) return false;
    queued_bytes_ += bytes;
    queue_.push_back(std::move(pending));
  }
  queued_.notify_one();
  return true;
}

void RocksEventLog::run() {
  std::vector<Pending> group;
  while (take_group(group)) finish_group(group);
}

bool RocksEventLog::take_group(std::vector<Pending>& group) {
  std::unique_lock lock(mutex_);
  queued_.wait(lock, [this] { return closing_ || !queue_.empty(); });
  std::size_t bytes = 0;
  while (!queue_.empty() && bytes < settings_.group_bytes) {
    bytes += queue_.front().bytes.size();
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queued_bytes_ -= bytes;
  return !group.empty();
}

void RocksEventLog::finish_group(std::vector<Pending>& group) {
  const Timestamp start = clock_.now();
  const Status status = commit(group);
  commit_seconds_.observe(std::chrono::duration<double>(clock_.now() - start).count());
  for (auto& pending : group) {
    if (status.ok()) events_committed_.add(static_cast<double>(pending.records.size()));
    pending.done(status);
  }
  group.clear();
}

Status RocksEventLog::commit(const std::vector<Pending>& group) {
  std::vector<Offset> ends;
  for (const auto& bounds : bounds_) ends.push_back(bounds.end.load());
  rocksdb::WriteBatch batch;
  for (const auto& pending : group) {
    const char* next = pending.bytes.data();
    for (const auto& record : pending.records) {
      const RecordKey key = record_key(record.partition, ends[record.partition]++);
      batch.Put(&records_, slice(key), {next, record.bytes});
      next += record.bytes;
    }
  }
  for (Partition partition = 0; partition < partitions(); ++partition) {
    if (ends[partition] != end(partition)) batch.Put(&metadata_, end_key(partition), number_value(ends[partition]));
  }
  MAGPIE_RETURN_IF_ERROR(write(database_, batch, Durability::kSynced, "append to the event log"));
  publish(ends);
  return ok_status();
}

void RocksEventLog::publish(const std::vector<Offset>& ends) {
  {
    const std::lock_guard lock(mutex_);
    for (Partition partition = 0; partition < partitions(); ++partition) bounds_[partition].end = ends[partition];
  }
  appended_.notify_all();
}

Offset RocksEventLog::end(Partition partition) const { return bounds_[partition].end; }

Result<std::vector<LoggedEvent>> RocksEventLog::read(Partition partition, Offset from, std::size_t limit) {
  const auto& bounds = bounds_[partition];
  std::vector<LoggedEvent> events;
  // Starting at the first record left skips the tombstones of the trimmed ones.
  RecordScan scan(database_, records_, partition, std::max(from, bounds.begin.load()), bounds.end, 0);
  for (; scan.valid() && events.size() < limit; scan.next()) {
    auto event = decode_event(scan.record(), types_);
    if (!event.ok()) {
      return Error(event.error().code(), "event log, partition " + std::to_string(partition) + ", offset " +
                                             std::to_string(scan.offset()) + ": " + event.error().message());
    }
    events.push_back({scan.offset(), *std::move(event)});
  }
  MAGPIE_RETURN_IF_ERROR(scan.status());
  return events;
}

bool RocksEventLog::wait(Partition partition, Offset after, Duration patience) {
  std::unique_lock lock(mutex_);
  return appended_.wait_for(lock, patience, [&] { return end(partition) > after; });
}

Status RocksEventLog::trim(Partition partition, Offset below) {
  const std::lock_guard lock(trim_mutex_);
  auto& bounds = bounds_[partition];
  below = std::min(below, bounds.end.load());
  if (below <= bounds.begin) return ok_status();
  const RecordKey first = record_key(partition, bounds.begin);
  const RecordKey last = record_key(partition, below);
  rocksdb::WriteBatch batch;
  batch.DeleteRange(&records_, slice(first), slice(last));
  batch.Put(&metadata_, begin_key(partition), number_value(below));
  MAGPIE_RETURN_IF_ERROR(write(database_, batch, Durability::kSynced, "trim the event log"));
  bounds.begin = below;
  // Files that hold only trimmed records go at once; the range deletion hides what is left in the others.
  const rocksdb::Slice from = slice(first);
  const rocksdb::Slice to = slice(last);
  return to_status(rocksdb::DeleteFilesInRange(&database_, &records_, &from, &to, false), "trim the event log");
}

Status RocksEventLog::erase(const UserId& user) {
  const Partition partition = partition_of(user);
  const auto& bounds = bounds_[partition];
  RecordScan scan(database_, records_, partition, bounds.begin, bounds.end, kScanReadahead);
  rocksdb::WriteBatch batch;
  for (; scan.valid(); scan.next()) {
    MAGPIE_ASSIGN_OR_RETURN(const bool theirs, belongs_to(scan.record(), user));
    if (!theirs) continue;
    batch.Delete(&records_, scan.key());
    if (batch.Count() < kErasuresPerBatch) continue;
    MAGPIE_RETURN_IF_ERROR(write(database_, batch, Durability::kOrdered, "erase from the event log"));
    batch.Clear();
  }
  MAGPIE_RETURN_IF_ERROR(scan.status());
  return write(database_, batch, Durability::kSynced, "erase from the event log");
}

}  // namespace magpie::embedded
