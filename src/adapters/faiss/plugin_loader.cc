#include "adapters/faiss/plugin_loader.h"

#include <dlfcn.h>

#include <string>
#include <system_error>
#include <utility>

#include "adapters/faiss/hnsw_plugin.h"

namespace magpie::faiss_ann {
namespace {

namespace fs = std::filesystem;

std::string last_error() {
  const char* text = dlerror();
  return text == nullptr ? "no reason given" : text;
}

}  // namespace

fs::path plugin_directory() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
  const fs::path installed = program.parent_path() / "lib" / "magpie";
  return fs::is_directory(installed, error) ? installed : program;
}

Result<std::unique_ptr<VectorIndexFactory>> load_factory(const fs::path& directory, const HnswSettings& settings,
                                                         InstructionSet set) {
  const std::string name(to_string(set));
  if (!is_supported(set)) return failed_precondition(name + ": this processor has no such instructions");
  const fs::path path = directory / ("libmagpie_ann_" + name + ".so");
  void* const plugin = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (plugin == nullptr) return failed_precondition(name + ": " + last_error());
  // POSIX promises that a function's address survives the way through void*.
  const auto create = reinterpret_cast<CreateFactory>(dlsym(plugin, kPluginFunction));
  if (create == nullptr) return failed_precondition(name + ": " + last_error());
  std::unique_ptr<VectorIndexFactory> factory;
  if (!create(kPluginVersion, name.c_str(), settings, factory)) {
    return failed_precondition(name + ": " + path.string() + " is of another build");
  }
  return factory;
}

Result<std::unique_ptr<VectorIndexFactory>> load_factory(const fs::path& directory, const HnswSettings& settings) {
  std::string reasons;
  for (const InstructionSet set : kInstructionSets) {
    auto factory = load_factory(directory, settings, set);
    if (factory.ok()) return factory;
    reasons.append(reasons.empty() ? "" : "; ").append(factory.error().message());
  }
  return failed_precondition("no approximate index on this machine: " + reasons);
}

}  // namespace magpie::faiss_ann
