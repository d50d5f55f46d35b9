// magpie_engine_bench NAME --magpie PROGRAM --ml-100k DIR: see bench.sh.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <map>

#include "engine.h"

namespace {

using Benchmark = std::function<magpie::Status(const magpie::bench::Setup&)>;

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, Benchmark> benchmarks{{"engine-quality", magpie::bench::engine_quality},
                                                    {"engine-ready", magpie::bench::engine_ready},
                                                    {"engine-import", magpie::bench::engine_import},
                                                    {"engine-memory", magpie::bench::engine_memory}};
  CLI::App app("Benchmarks of the whole engine; figures are JSON lines on standard output");
  std::string name;
  magpie::bench::Setup setup;
  app.add_option("name", name)->required()->check(CLI::IsMember(benchmarks));
  app.add_option("--magpie", setup.magpie)->required()->check(CLI::ExistingFile);
  app.add_option("--ml-100k", setup.ml_100k)->required()->check(CLI::ExistingDirectory);
  CLI11_PARSE(app, argc, argv);
  const auto status = benchmarks.at(name)(setup);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s: %s\n", name.c_str(), status.to_string().c_str());
  return 1;
}
