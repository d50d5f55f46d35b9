// magpie_http_bench NAME --magpie PROGRAM ...: see bench.sh.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>

#include "http_bench.h"

int main(int argc, char** argv) {
  using Benchmark = std::function<magpie::Status(const magpie::bench::HttpSetup&)>;
  const std::map<std::string, Benchmark> benchmarks{{"http-cached", magpie::bench::http_cached},
                                                    {"http-mixed", magpie::bench::http_mixed}};
  CLI::App app("Benchmarks of the HTTP API; figures are JSON lines on standard output");
  std::string name;
  magpie::bench::HttpSetup setup;
  app.add_option("name", name)->required()->check(CLI::IsMember(benchmarks));
  app.add_option("--magpie", setup.magpie)->required()->check(CLI::ExistingFile);
  app.add_option("--generator", setup.generator)->required()->check(CLI::ExistingFile);
  app.add_option("--wrk-script", setup.wrk_script)->required()->check(CLI::ExistingFile);
  app.add_option("--nginx", setup.nginx)->required()->check(CLI::ExistingFile);
  app.add_option("--journey", setup.journey)->required()->check(CLI::ExistingDirectory);
  app.add_option("--work", setup.work, "Data directories are kept here")->required();
  CLI11_PARSE(app, argc, argv);
  std::filesystem::create_directories(setup.work);
  setup.work = std::filesystem::absolute(setup.work);
  const auto status = benchmarks.at(name)(setup);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s: %s\n", name.c_str(), status.to_string().c_str());
  return 1;
}
