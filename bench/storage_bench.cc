// What the embedded storage costs. Run by hand: build/bin/storage_bench
#include <benchmark/benchmark.h>

#include <future>

#include "adapters/embedded/storage.h"
#include "tests/contract/samples.h"
#include "tests/contract/temporary_directory.h"

namespace magpie::embedded {
namespace {

class Opened {
 public:
  [[nodiscard]] Storage& operator*() { return *storage_; }
  [[nodiscard]] Storage* operator->() { return storage_.get(); }

 private:
  const contract::TemporaryDirectory directory_;
  const EventTypes types_ = EventTypes::defaults();
  const SystemClock clock_;
  std::unique_ptr<Storage> storage_ = Storage::open(directory_.path(), types_, clock_, nullptr).value();
};

std::vector<Event> typical_events(std::uint64_t first, std::int64_t count) {
  std::vector<Event> events;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint64_t number = first + static_cast<std::uint64_t>(i);
    events.push_back(contract::sample_event(std::to_string(number * 7919 % 100'000), number));
    events.back().categories = {"Drama", "Romance"};
  }
  return events;
}

void append(EventLog& log, std::vector<Event> events) {
  std::promise<Status> done;
  log.append(std::move(events), [&](Status status) { done.set_value(std::move(status)); });
  if (!done.get_future().get().ok()) std::abort();
}

// One client: each append waits for the fsync of the one before.
void append_one_by_one(benchmark::State& state) {
  Opened storage;
  std::uint64_t next = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto events = typical_events(next, state.range(0));
    state.ResumeTiming();
    append(storage->event_log(), std::move(events));
    next += static_cast<std::uint64_t>(state.range(0));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(append_one_by_one)->Arg(1)->Arg(1000)->Arg(10'000)->UseRealTime()->MeasureProcessCPUTime();

void read_log(benchmark::State& state) {
  constexpr std::int64_t kEvents = 100'000;
  Opened storage;
  for (std::uint64_t i = 0; i < kEvents; i += 10'000) append(storage->event_log(), typical_events(i, 10'000));
  Offset from = 0;
  for (auto _ : state) {
    const auto records = storage->event_log().read(0, from, 8192);
    from = records->size() < 8192 ? 0 : records->back().offset + 1;
    state.SetItemsProcessed(state.items_processed() + static_cast<std::int64_t>(records->size()));
  }
}
BENCHMARK(read_log);

void apply_features(benchmark::State& state) {
  Opened storage;
  std::uint64_t number = 0;
  for (auto _ : state) {
    FeatureUpdate update;
    update.applied = ++number;
    for (int i = 0; i < 1000; ++i) {
      const UserId user(std::to_string(number * 1000 % 50'000 + static_cast<std::uint64_t>(i)));
      update.users.emplace_back(user, contract::sample_state(100, contract::kNoon));
    }
    if (!storage->features().apply(std::move(update)).ok()) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(apply_features);

void read_user(benchmark::State& state) {
  constexpr std::uint64_t kUsers = 2000;
  Opened storage;
  FeatureUpdate update;
  for (std::uint64_t i = 0; i < kUsers; ++i) {
    update.users.emplace_back(UserId(std::to_string(i)), contract::sample_state(100, contract::kNoon));
  }
  if (!storage->features().apply(std::move(update)).ok()) std::abort();
  std::uint64_t next = 0;
  const UserId fixed("77");
  for (auto _ : state) {
    const auto id = state.range(0) != 0 ? fixed : UserId(std::to_string(next++ % kUsers));
    benchmark::DoNotOptimize(storage->features().user(id));
  }
}
BENCHMARK(read_user)->Arg(1)->Arg(0);

void ensure_known_items(benchmark::State& state) {
  Opened storage;
  std::vector<Item> items;
  std::vector<ItemId> ids;
  for (int i = 0; i < 1000; ++i) items.push_back(contract::sample_item("item-" + std::to_string(i)));
  for (const auto& item : items) ids.push_back(item.id);
  if (!storage->catalogue().put_items(items).ok()) std::abort();
  for (auto _ : state) benchmark::DoNotOptimize(storage->catalogue().ensure_items(ids, contract::kNoon));
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(ensure_known_items);

}  // namespace
}  // namespace magpie::embedded

BENCHMARK_MAIN();
