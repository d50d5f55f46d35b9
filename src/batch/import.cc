#include "batch/import.h"

#include <algorithm>
#include <utility>

namespace magpie::batch {
namespace {

struct OpenedSource {
  std::unique_ptr<RecordReader> reader;
  RowMapper mapper;
};

Result<OpenedSource> open_source(const ImportSource& source, const OpenRecords& open) {
  MAGPIE_ASSIGN_OR_RETURN(auto reader, open(source.path, source.format));
  auto mapper = RowMapper::bind(source.kind, source.mapping, reader->columns());
  if (!mapper.ok()) {
    const Error& error = mapper.error();
    return Error(error.code(), source.path.string() + ": " + error.message(), error.field());
  }
  return OpenedSource{std::move(reader), *std::move(mapper)};
}

// Of all events; nullopt where none has a time.
Result<std::optional<Timestamp>> newest_event(const ImportPlan& plan, const OpenRecords& open) {
  std::optional<std::int64_t> newest;
  for (const ImportSource& source : plan.sources) {
    if (source.kind != ImportKind::kEvents) continue;
    MAGPIE_ASSIGN_OR_RETURN(const OpenedSource opened, open_source(source, open));
    Record record;
    while (true) {
      MAGPIE_ASSIGN_OR_RETURN(const bool more, opened.reader->next(record, [](const BadRecord&) {}));
      if (!more) break;
      newest = std::max(newest, opened.mapper.timestamp_ms(record));  // Nothing is less than something.
    }
  }
  if (!newest) return std::optional<Timestamp>();
  return std::optional(from_unix_ms(*newest));
}

std::string row_text(const Record& record) {
  std::string text;
  for (const std::string& field : record.fields) {
    if (text.size() > Rejects::kMaxText) break;
    if (&field != &record.fields.front()) text.push_back('\t');
    text.append(field);
  }
  return text;
}

class Import {
 public:
  Import(const ImportPlan& plan, const OpenRecords& open, const ImportSink& sink, Rejects& rejects, Timestamp now,
         const ImportProgress& progress)
      : plan_(plan), open_(open), sink_(sink), rejects_(rejects), now_(now), progress_(progress) {}

  Result<ImportReport> run() {
    if (plan_.rebase_to) {
      MAGPIE_ASSIGN_OR_RETURN(const auto newest, newest_event(plan_, open_));
      if (newest) shift_ = *plan_.rebase_to - *newest;
    }
    for (const ImportKind kind : {ImportKind::kItems, ImportKind::kUsers, ImportKind::kEvents}) {
      for (const ImportSource& source : plan_.sources) {
        if (source.kind == kind) MAGPIE_RETURN_IF_ERROR(import_source(source));
      }
    }
    MAGPIE_RETURN_IF_ERROR(rejects_.finish());
    return report_;
  }

 private:
  Status import_source(const ImportSource& source) {
    switch (source.kind) {
      case ImportKind::kItems: return import_rows<Item>(source, sink_.items, report_.items);
      case ImportKind::kUsers: return import_rows<User>(source, sink_.users, report_.users);
      case ImportKind::kEvents: return import_rows<ImportedEvent>(source, sink_.events, report_.events);
    }
    return ok_status();
  }

  template <typename T, typename Send>
  Status import_rows(const ImportSource& source, const Send& send, std::uint64_t& taken) {
    MAGPIE_ASSIGN_OR_RETURN(const OpenedSource opened, open_source(source, open_));
    Record record;
    std::vector<T> batch;
    std::vector<std::uint64_t> lines;
    while (true) {
      MAGPIE_ASSIGN_OR_RETURN(const bool more, opened.reader->next(record, [&](BadRecord bad) {
        reject(source, bad.line, std::move(bad.reason), std::move(bad.text));
      }));
      if (more) take_row(source, opened.mapper, record, batch, lines);
      if (batch.size() < plan_.batch && more) continue;
      if (!batch.empty()) MAGPIE_RETURN_IF_ERROR(send_batch(source, send, batch, lines, taken));
      if (!more) return ok_status();
    }
  }

  template <typename T>
  void take_row(const ImportSource& source, const RowMapper& mapper, const Record& record, std::vector<T>& batch,
                std::vector<std::uint64_t>& lines) {
    T& row = batch.emplace_back();
    const Status status = read_row(mapper, record, row);
    if (status.ok()) return lines.push_back(record.line);
    batch.pop_back();
    reject(source, record.line, status.error().field() + ": " + status.error().message(), row_text(record));
  }

  template <typename T>
  Status read_row(const RowMapper& mapper, const Record& record, T& row) const {
    return mapper.read(record, now_, row);
  }
  Status read_row(const RowMapper& mapper, const Record& record, ImportedEvent& event) {
    MAGPIE_RETURN_IF_ERROR(mapper.read(record, event));
    if (!event.timestamp_ms) return ok_status();
    *event.timestamp_ms += shift_.count();
    const Timestamp time = from_unix_ms(*event.timestamp_ms);
    report_.oldest = report_.oldest ? std::min(*report_.oldest, time) : time;
    report_.newest = std::max(report_.newest, std::optional(time));
    return ok_status();
  }

  template <typename T, typename Send>
  Status send_batch(const ImportSource& source, const Send& send, std::vector<T>& batch,
                    std::vector<std::uint64_t>& lines, std::uint64_t& taken) {
    const std::size_t size = batch.size();
    MAGPIE_ASSIGN_OR_RETURN(const std::vector<Refusal> refusals, send(std::exchange(batch, {})));
    for (const Refusal& refusal : refusals) reject(source, lines.at(refusal.index), refusal.reason, {});
    taken += size - refusals.size();
    lines.clear();
    batch.reserve(plan_.batch);
    if (progress_) progress_(report_);
    return ok_status();
  }

  void reject(const ImportSource& source, std::uint64_t line, std::string reason, std::string text) {
    ++report_.rejected;
    rejects_.add({source.path.string(), line, std::move(reason), std::move(text)});
  }

  const ImportPlan& plan_;
  const OpenRecords& open_;
  const ImportSink& sink_;
  Rejects& rejects_;
  const Timestamp now_;
  const ImportProgress& progress_;
  Duration shift_{0};
  ImportReport report_;
};

}  // namespace

Result<ImportReport> run_import(const ImportPlan& plan, const OpenRecords& open, const ImportSink& sink,
                                Rejects& rejects, Timestamp now, const ImportProgress& progress) {
  return Import(plan, open, sink, rejects, now, progress).run();
}

}  // namespace magpie::batch
