// magpie_model_bench NAME --data DIR [--search]: see bench.sh.

#include "model_bench.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <map>
#include <string>

namespace {

using Benchmark = std::function<magpie::Status(const magpie::bench::ModelBenchSetup&)>;

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, Benchmark> benchmarks{{"gowalla", magpie::bench::gowalla},
                                                    {"ml-1m-ncf", magpie::bench::ml_1m_ncf}};
  CLI::App app("Benchmarks of models on published data; figures are JSON lines on standard output");
  std::string name;
  magpie::bench::ModelBenchSetup setup;
  app.add_option("name", name)->required()->check(CLI::IsMember(benchmarks));
  app.add_option("--data", setup.data, "Folder of the data sets")->required();
  app.add_flag("--search", setup.search, "Choose hyperparameters on validation again");
  CLI11_PARSE(app, argc, argv);
  const auto status = benchmarks.at(name)(setup);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s: %s\n", name.c_str(), status.to_string().c_str());
  return 1;
}
