// magpie_als_bench als|als-spark --data DIR --scripts DIR --deps DIR [--search]: see bench.sh.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <map>
#include <string>

#include "als_bench.h"

namespace {

using Benchmark = std::function<magpie::Status(const magpie::bench::AlsBenchSetup&)>;

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, Benchmark> benchmarks{{"als", magpie::bench::als_against_implicit},
                                                    {"als-spark", magpie::bench::als_against_spark}};
  CLI::App app("Time of ALS to a peer's quality; figures are JSON lines on standard output");
  std::string name;
  magpie::bench::AlsBenchSetup setup;
  app.add_option("name", name)->required()->check(CLI::IsMember(benchmarks));
  app.add_option("--data", setup.data, "Folder of the data sets")->required();
  app.add_option("--scripts", setup.scripts, "Folder of the peers' scripts")->required()->check(CLI::ExistingDirectory);
  app.add_option("--deps", setup.deps, "Folder of the peers' packages")->required()->check(CLI::ExistingDirectory);
  app.add_flag("--search", setup.search, "Print the validation quality of grids of parameters");
  CLI11_PARSE(app, argc, argv);
  const auto status = benchmarks.at(name)(setup);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s: %s\n", name.c_str(), status.to_string().c_str());
  return 1;
}
