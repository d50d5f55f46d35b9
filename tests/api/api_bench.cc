// What the codecs cost: decoding events, and a request's way through the server without the work behind it.

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <string>

#include "api/http_server.h"
#include "api/json_decode.h"
#include "base/random.h"
#include "base/ulid.h"
#include "tests/api/http_test_client.h"
#include "tests/api/test_services.h"

namespace magpie::api {
namespace {

std::string events_body(std::size_t count, bool lines) {
  Random random(1);
  const SystemClock clock;
  UlidGenerator ids(clock, 1);
  std::string body = lines ? "" : "[";
  for (std::size_t i = 0; i < count; ++i) {
    body += R"({"event_id":")" + ids.next() + R"(","user_id":"user-)" + std::to_string(random.below(100'000)) +
            R"(","item_id":"item-)" + std::to_string(random.below(10'000)) +
            R"(","type":"click","timestamp":1700000000000,"value":1.0,"session_id":"s-)" +
            std::to_string(random.below(1'000'000)) + R"("})" + (lines ? "\n" : ",");
  }
  if (!lines) body.back() = ']';
  return body;
}

void decode(benchmark::State& state, BodyFormat format) {
  const auto count = static_cast<std::size_t>(state.range(0));
  std::string body = events_body(count, format == BodyFormat::kNdjson);
  JsonDecoder decoder;
  for (auto _ : state) {
    auto batch = decoder.events(body, format);
    if (!batch.ok() || batch->values.size() != count) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(batch);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}

void decode_json(benchmark::State& state) { decode(state, BodyFormat::kJson); }
void decode_ndjson(benchmark::State& state) { decode(state, BodyFormat::kNdjson); }
BENCHMARK(decode_json)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(decode_ndjson)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// CPU of the process, so with the blocking client's half of it.
void round_trip(benchmark::State& state, const std::string& target) {
  TestServices services;
  HttpServer server(services.get(), {.port = 0, .threads = 1});
  if (!server.start().ok()) return state.SkipWithError("cannot listen");
  HttpTestClient client(server.port());
  const double before = cpu_seconds();
  for (auto _ : state) {
    if (client.get(target).result_int() != 200) state.SkipWithError("not answered");
  }
  state.counters["cpu_us"] =
      benchmark::Counter(1e6 * (cpu_seconds() - before) / static_cast<double>(state.iterations()));
}

void get_healthz(benchmark::State& state) { round_trip(state, "/healthz"); }
void get_item(benchmark::State& state) { round_trip(state, "/v1/items/242"); }
void get_recommendations(benchmark::State& state) { round_trip(state, "/v1/recommendations?user_id=196"); }
BENCHMARK(get_healthz)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(get_item)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(get_recommendations)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace magpie::api

BENCHMARK_MAIN();
