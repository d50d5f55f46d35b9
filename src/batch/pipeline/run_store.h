// RunStore: the runs of a pipeline on disk (docs/formats/pipeline_run.md).
//
//   <directory>/<run id>/run.json               replaced by one rename at every change of state
//   <directory>/<run id>/logs/<task>.<n>.log    of attempt n
//   <directory>/<run id>/<task>/                what the task has made, sealed (task_output.h)
//   <directory>/<run id>/.<task>/               what it is making
//   <directory>/<run id>/.<task>.kept/          what an attempt leaves for the next one (TaskContext::kept)
//
// Thread-safe for different runs; one process, and of one run one thread at a time, writes.
// Errors: those of base/file.h; kDataLoss where a run.json is damaged.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "batch/pipeline/dag.h"
#include "batch/pipeline/run.h"

namespace magpie::batch::pipeline {

class RunStore {
 public:
  // Creates the directory where there is none.
  [[nodiscard]] static Result<RunStore> open(std::filesystem::path directory);

  // kAlreadyExists where there is a run of that id.
  [[nodiscard]] Status create(const PipelineRun& run) const;
  // Durable on return.
  [[nodiscard]] Status save(const PipelineRun& run) const;
  // kNotFound where there is none.
  [[nodiscard]] Result<PipelineRun> load(const RunId& id) const;
  // The readable ones, newest first by their creation.
  [[nodiscard]] Result<std::vector<PipelineRun>> list() const;

  // Removes what tasks have made and are making; run.json and logs stay. Says nothing in run.json.
  [[nodiscard]] Status discard_data(const RunId& id) const;
  [[nodiscard]] Status discard_output(const RunId& id, std::string_view task) const;
  // Removes the oldest runs beyond `keep`, none that is still running.
  [[nodiscard]] Status retain(std::size_t keep) const;

  [[nodiscard]] std::filesystem::path directory(const RunId& id) const { return directory_ / id.get(); }
  [[nodiscard]] std::filesystem::path log_path(const RunId& id, std::string_view task, std::uint32_t attempt) const;

 private:
  explicit RunStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::filesystem::path directory_;
};

}  // namespace magpie::batch::pipeline
