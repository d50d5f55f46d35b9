#include "batch/pipeline/run_store.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "batch/pipeline/run_json.h"

namespace magpie::batch::pipeline {
namespace {

namespace fs = std::filesystem;

constexpr auto kRunFile = "run.json";
constexpr auto kLogs = "logs";
constexpr std::size_t kRunFileLimit = std::size_t{16} << 20U;  // bytes

Result<std::vector<fs::path>> directories_in(const fs::path& directory) {
  std::error_code failure;
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(directory, failure), end; !failure && entry != end; entry.increment(failure)) {
    if (entry->is_directory(failure)) found.push_back(entry->path());
  }
  if (failure) return unavailable("cannot list " + directory.string() + ": " + failure.message());
  std::ranges::sort(found);
  return found;
}

bool is_newer(const PipelineRun& a, const PipelineRun& b) {
  return a.plan.created_at != b.plan.created_at ? a.plan.created_at > b.plan.created_at : a.plan.id > b.plan.id;
}

}  // namespace

Result<RunStore> RunStore::open(fs::path directory) {
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(directory));
  return RunStore(std::move(directory));
}

Status RunStore::create(const PipelineRun& run) const {
  const fs::path path = directory(run.plan.id);
  std::error_code failure;
  if (fs::exists(path / kRunFile, failure)) {
    return Error(ErrorCode::kAlreadyExists, "there is a run " + run.plan.id.get() + " already");
  }
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(path / kLogs));
  return save(run);
}

Status RunStore::save(const PipelineRun& run) const {
  MAGPIE_ASSIGN_OR_RETURN(const std::string text, encode_run(run));
  return write_file_atomically(directory(run.plan.id) / kRunFile, text);
}

Result<PipelineRun> RunStore::load(const RunId& id) const {
  MAGPIE_RETURN_IF_ERROR(validate_run_id("run_id", id.get()));
  const auto text = read_file(directory(id) / kRunFile, kRunFileLimit);
  if (!text.ok() && text.error().code() == ErrorCode::kNotFound) return not_found("there is no run " + id.get());
  MAGPIE_RETURN_IF_ERROR(text.status());
  auto run = decode_run(*text);
  if (!run.ok()) return Error(run.error().code(), "run " + id.get() + ": " + run.error().message());
  return run;
}

Result<std::vector<PipelineRun>> RunStore::list() const {
  MAGPIE_ASSIGN_OR_RETURN(const auto directories, directories_in(directory_));
  std::vector<PipelineRun> runs;
  for (const fs::path& path : directories) {
    if (auto run = load(RunId(path.filename().string())); run.ok()) runs.push_back(std::move(*run));
  }
  std::ranges::sort(runs, is_newer);
  return runs;
}

Status RunStore::discard_data(const RunId& id) const {
  MAGPIE_ASSIGN_OR_RETURN(const auto directories, directories_in(directory(id)));
  for (const fs::path& path : directories) {
    if (path.filename() != kLogs) MAGPIE_RETURN_IF_ERROR(magpie::remove_all(path));
  }
  return {};
}

Status RunStore::discard_output(const RunId& id, std::string_view task) const {
  return magpie::remove_all(directory(id) / task);
}

Status RunStore::retain(std::size_t keep) const {
  MAGPIE_ASSIGN_OR_RETURN(const auto runs, list());
  for (std::size_t i = keep; i < runs.size(); ++i) {
    if (runs[i].state == RunState::kRunning) continue;
    MAGPIE_RETURN_IF_ERROR(magpie::remove_all(directory(runs[i].plan.id)));
  }
  return {};
}

fs::path RunStore::log_path(const RunId& id, std::string_view task, std::uint32_t attempt) const {
  return directory(id) / kLogs / (std::string(task) + "." + std::to_string(attempt) + ".log");
}

}  // namespace magpie::batch::pipeline
