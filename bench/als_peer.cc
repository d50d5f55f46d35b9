#include "als_peer.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "als_data.h"

namespace magpie::bench {
namespace {

// The exit status, or -1. Its standard output joins our standard error: ours is for figures.
int run_program(const std::vector<std::string>& argv) {
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (failed != 0 || waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Result<Matrix> read_matrix(const std::filesystem::path& path, std::size_t rows, std::size_t columns) {
  Matrix matrix(rows, columns);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(matrix.values.data()),
            static_cast<std::streamsize>(matrix.values.size() * sizeof(float)));
  if (!file) return data_loss("cannot read " + path.string());
  return matrix;
}

}  // namespace

Result<PeerRun> PeerRun::run(const std::filesystem::path& script, const std::string& packages,
                             const SparseMatrix& train, const PeerParameters& parameters,
                             const std::filesystem::path& folder) {
  MAGPIE_RETURN_IF_ERROR(write_train(train, folder));
  const int status =
      run_program({"python3", script.string(), packages, folder.string(), std::to_string(parameters.factors),
                   std::to_string(parameters.regularization), std::to_string(parameters.alpha),
                   std::to_string(parameters.iterations), std::to_string(parameters.threads)});
  if (status != 0) return unavailable(script.string() + " failed");
  PeerRun run;
  run.folder_ = folder;
  run.users_ = train.rows();
  run.items_ = train.columns;
  run.factors_ = parameters.factors;
  std::ifstream file(folder / "seconds");
  for (double value = 0; file >> value;) run.seconds_.push_back(value);
  if (run.seconds_.empty()) return unavailable(script.string() + " measured nothing");
  return run;
}

Result<AlsModel> PeerRun::model(std::size_t k) const {
  const std::string stem = std::to_string(k + 1);
  MAGPIE_ASSIGN_OR_RETURN(Matrix users, read_matrix(folder_ / (stem + ".users"), users_, factors_));
  MAGPIE_ASSIGN_OR_RETURN(Matrix items, read_matrix(folder_ / (stem + ".items"), items_, factors_));
  return AlsModel{std::move(users), std::move(items)};
}

}  // namespace magpie::bench
