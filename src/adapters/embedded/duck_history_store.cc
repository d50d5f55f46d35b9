#include "adapters/embedded/duck_history_store.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "adapters/embedded/duck_event_table.h"
#include "adapters/embedded/duck_history_scan.h"
#include "adapters/embedded/staged_directory.h"
#include "base/file.h"

namespace magpie::embedded {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifestName = "manifest.json";
constexpr const char* kSpillName = "spill";
// Days whose rewritten files become real by one commit: it costs a few syncs, and until then both copies are on disk.
constexpr std::size_t kReplacedTogether = 32;

Result<HistoryManifest> read_manifest(const fs::path& path) {
  auto bytes = read_file(path);
  if (!bytes.ok() && bytes.error().code() == ErrorCode::kNotFound) return HistoryManifest();
  if (!bytes.ok()) return bytes.error();
  auto manifest = decode_manifest(*bytes);
  if (!manifest.ok()) return Error(manifest.error().code(), path.string() + ": " + manifest.error().message());
  return manifest;
}

// The events from `from` on, ordered by (day, time, id).
std::vector<const Event*> in_file_order(std::span<const LoggedEvent> events, Offset from) {
  std::vector<const Event*> ordered;
  ordered.reserve(events.size());
  for (const LoggedEvent& logged : events) {
    if (logged.offset >= from) ordered.push_back(&logged.event);
  }
  std::sort(ordered.begin(), ordered.end(),
            [](const Event* a, const Event* b) { return std::tie(a->time, a->id) < std::tie(b->time, b->id); });
  return ordered;
}

// Calls `visit(range)` for each run of elements with one key.
template <typename T, typename Key, typename Visit>
Status for_each_run(std::span<const T> elements, const Key& key, const Visit& visit) {
  while (!elements.empty()) {
    const auto first = key(elements.front());
    const auto end = std::find_if(elements.begin(), elements.end(), [&](const T& e) { return key(e) != first; });
    const auto length = static_cast<std::size_t>(end - elements.begin());
    MAGPIE_RETURN_IF_ERROR(visit(elements.first(length)));
    elements = elements.subspan(length);
  }
  return ok_status();
}

Day day_of_event(const Event* event) { return day_of(event->time); }
Day day_of_file(const HistoryFile& file) { return file.day; }

std::vector<HistoryFile> files_in(const HistoryManifest& manifest, TimeWindow window) {
  std::vector<HistoryFile> files;
  for (const HistoryFile& file : manifest.files) {
    if (file.day < window.end && file.day + std::chrono::days(1) > window.start) files.push_back(file);
  }
  return files;
}

}  // namespace

DuckHistoryStore::DuckHistoryStore(fs::path directory, const EventTypes& types, DuckHistorySettings settings,
                                   HistoryManifest manifest)
    : directory_(std::move(directory)), types_(types), settings_(settings), manifest_(std::move(manifest)) {}

Result<std::unique_ptr<DuckHistoryStore>> DuckHistoryStore::open(fs::path directory, const EventTypes& types,
                                                                 DuckHistorySettings settings) {
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(directory));
  MAGPIE_ASSIGN_OR_RETURN(HistoryManifest manifest, read_manifest(directory / kManifestName));
  MAGPIE_RETURN_IF_ERROR(remove_orphans(directory, manifest));
  MAGPIE_RETURN_IF_ERROR(magpie::remove_all(directory / kSpillName));
  return std::unique_ptr<DuckHistoryStore>(
      new DuckHistoryStore(std::move(directory), types, settings, std::move(manifest)));
}

Result<Offset> DuckHistoryStore::persisted(Partition partition) {
  const std::lock_guard lock(manifest_mutex_);
  const auto found = manifest_.persisted.find(partition);
  return found == manifest_.persisted.end() ? Offset{0} : found->second;
}

Status DuckHistoryStore::append(Partition partition, std::span<const LoggedEvent> events, Offset next) {
  const std::lock_guard appending(append_mutex_);
  MAGPIE_ASSIGN_OR_RETURN(const Offset from, persisted(partition));
  if (next <= from) return ok_status();

  const std::vector<const Event*> ordered = in_file_order(events, from);
  std::vector<HistoryFile> written;
  if (!ordered.empty()) {
    MAGPIE_ASSIGN_OR_RETURN(DuckSession session, open_session());
    HistoryFiles files(directory_, session);
    MAGPIE_RETURN_IF_ERROR(
        for_each_run<const Event*>(ordered, day_of_event, [&](std::span<const Event* const> day) -> Status {
          MAGPIE_ASSIGN_OR_RETURN(HistoryFile file, files.write(day_of_event(day.front()), take_number(), day, types_));
          written.push_back(std::move(file));
          return ok_status();
        }));
    MAGPIE_RETURN_IF_ERROR(files.sync(written));
  }
  return commit([&](HistoryManifest& manifest) {
    for (HistoryFile& file : written) manifest.add(std::move(file));
    manifest.persisted[partition] = next;
  });
}

Status DuckHistoryStore::scan(TimeWindow window, const Visit& visit) {
  const std::shared_lock reading(files_mutex_);
  const std::vector<HistoryFile> files = files_in(manifest(), window);
  if (files.empty()) return ok_status();
  MAGPIE_RETURN_IF_ERROR(verify_files(directory_, files));

  MAGPIE_ASSIGN_OR_RETURN(DuckSession session, open_session());
  const HistoryFiles tables(directory_, session);
  HistoryScan scan(session, types_, window);
  MAGPIE_RETURN_IF_ERROR(scan.find_repeated(tables.table_of(files)));
  return for_each_run<HistoryFile>(files, day_of_file, [&](std::span<const HistoryFile> day) {
    return scan.visit_table(tables.table_of(day), visit);
  });
}

Result<HistorySummary> DuckHistoryStore::summary() {
  const HistoryManifest now = manifest();
  HistorySummary summary;
  std::set<Day> days;
  for (const HistoryFile& file : now.files) {
    summary.events += file.rows;
    summary.bytes += file.bytes;
    days.insert(file.day);
  }
  summary.files = now.files.size();
  summary.days = days.size();
  if (!days.empty()) {
    summary.oldest = *days.begin();
    summary.newest = *days.rbegin();
  }
  return summary;
}

Status DuckHistoryStore::export_window(TimeWindow window, const fs::path& to) {
  const std::shared_lock reading(files_mutex_);
  const std::vector<HistoryFile> files = files_in(manifest(), window);
  MAGPIE_RETURN_IF_ERROR(verify_files(directory_, files));
  MAGPIE_ASSIGN_OR_RETURN(DuckSession session, open_session());
  MAGPIE_ASSIGN_OR_RETURN(StagedDirectory staged, StagedDirectory::open(to));
  MAGPIE_RETURN_IF_ERROR(HistoryFiles(directory_, session).export_to(files, staged.path()));
  return staged.publish();
}

Result<std::size_t> DuckHistoryStore::retain(Timestamp horizon) {
  const std::lock_guard rewriting(rewrite_mutex_);
  std::vector<HistoryFile> expired;
  std::set<Day> days;
  for (const HistoryFile& file : manifest().files) {
    if (file.day + std::chrono::days(1) > horizon) continue;
    expired.push_back(file);
    days.insert(file.day);
  }
  if (!expired.empty()) MAGPIE_RETURN_IF_ERROR(drop(expired));
  return days.size();
}

Result<std::size_t> DuckHistoryStore::compact() {
  const std::lock_guard rewriting(rewrite_mutex_);
  std::vector<HistoryFile> small = manifest().files;
  std::erase_if(small, [&](const HistoryFile& file) { return file.bytes >= settings_.small_file_bytes; });
  std::vector<std::span<const HistoryFile>> groups;
  MAGPIE_RETURN_IF_ERROR(for_each_run<HistoryFile>(small, day_of_file, [&](std::span<const HistoryFile> day) {
    if (day.size() > 1) groups.push_back(day);
    return ok_status();
  }));
  if (groups.empty()) return std::size_t{0};
  MAGPIE_ASSIGN_OR_RETURN(DuckSession session, open_session());
  HistoryFiles files(directory_, session);
  MAGPIE_RETURN_IF_ERROR(replace(files, groups, "true"));
  return groups.size();
}

Status DuckHistoryStore::erase(const UserId& user) {
  const std::lock_guard rewriting(rewrite_mutex_);
  const HistoryManifest now = manifest();
  if (now.files.empty()) return ok_status();
  MAGPIE_ASSIGN_OR_RETURN(DuckSession session, open_session());
  HistoryFiles files(directory_, session);
  const std::string id = sql_quoted(user.get());
  MAGPIE_ASSIGN_OR_RETURN(const std::vector<HistoryFile> found, files.files_with(now.files, "user_id = " + id));
  std::vector<std::span<const HistoryFile>> groups;
  for (const HistoryFile& file : found) groups.emplace_back(&file, 1);
  return replace(files, groups, "user_id <> " + id);
}

HistoryManifest DuckHistoryStore::manifest() const {
  const std::lock_guard lock(manifest_mutex_);
  return manifest_;
}

Status DuckHistoryStore::commit(const std::function<void(HistoryManifest&)>& change) {
  const std::lock_guard lock(manifest_mutex_);
  HistoryManifest changed = manifest_;
  change(changed);
  MAGPIE_RETURN_IF_ERROR(write_file_atomically(directory_ / kManifestName, encode_manifest(changed)));
  manifest_ = std::move(changed);
  return ok_status();
}

std::uint64_t DuckHistoryStore::take_number() {
  const std::lock_guard lock(manifest_mutex_);
  return manifest_.next_number++;
}

Result<DuckSession> DuckHistoryStore::open_session() const {
  DuckSettings settings;
  settings.spill_directory = directory_ / kSpillName;
  settings.memory_limit_bytes = settings_.memory_limit_bytes;
  settings.threads = settings_.threads;
  return DuckSession::open(settings);
}

Status DuckHistoryStore::replace(HistoryFiles& files, Groups groups, const std::string& condition) {
  while (!groups.empty()) {
    const std::size_t together = std::min(groups.size(), kReplacedTogether);
    MAGPIE_RETURN_IF_ERROR(replace_together(files, groups.first(together), condition));
    groups = groups.subspan(together);
  }
  return ok_status();
}

Status DuckHistoryStore::replace_together(HistoryFiles& files, Groups groups, const std::string& condition) {
  std::vector<HistoryFile> old;
  std::vector<HistoryFile> written;
  for (const std::span<const HistoryFile> group : groups) {
    MAGPIE_RETURN_IF_ERROR(verify_files(directory_, group));
    MAGPIE_ASSIGN_OR_RETURN(std::optional<HistoryFile> merged, files.rewrite(group, take_number(), condition));
    if (merged) written.push_back(std::move(*merged));
    old.insert(old.end(), group.begin(), group.end());
  }
  MAGPIE_RETURN_IF_ERROR(files.sync(written));
  MAGPIE_RETURN_IF_ERROR(commit([&](HistoryManifest& manifest) {
    for (const HistoryFile& file : old) manifest.remove(file.number);
    for (HistoryFile& file : written) manifest.add(std::move(file));
  }));
  return unlink(old);
}

Status DuckHistoryStore::drop(std::span<const HistoryFile> files) {
  MAGPIE_RETURN_IF_ERROR(commit([&](HistoryManifest& manifest) {
    for (const HistoryFile& file : files) manifest.remove(file.number);
  }));
  return unlink(files);
}

Status DuckHistoryStore::unlink(std::span<const HistoryFile> files) {
  const std::unique_lock removing(files_mutex_);
  return remove_files(directory_, files);
}

}  // namespace magpie::embedded
