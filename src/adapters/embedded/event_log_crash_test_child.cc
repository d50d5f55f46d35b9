// The victim of event_log_crash_test: appends to the log and applies to the features until it is killed, and says on
// its standard output, a byte an append, what was acknowledged.
#include <unistd.h>

#include "adapters/embedded/event_log_crash_test_plan.h"

namespace magpie::embedded {
namespace {

void say(const Status& status) {
  if (!status.ok() || ::write(STDOUT_FILENO, ".", 1) != 1) ::_exit(1);
}

// Ends only by a failure.
int append_until_killed(Storage& storage) {
  auto& log = storage.event_log();
  for (Offset next = log.end(0);; next += crash::kBatch) {
    log.append(contract::sample_events("ann", next, crash::kBatch), say);
    if (!log.wait(0, next, std::chrono::minutes(1))) return 1;
    FeatureUpdate update;
    update.applied = next + crash::kBatch;
    update.users.emplace_back(UserId("ann"), crash::state_after(update.applied));
    if (!storage.features().apply(std::move(update)).ok()) return 1;
  }
}

}  // namespace
}  // namespace magpie::embedded

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto storage = magpie::embedded::crash::open_storage(argv[1]);
  return storage.ok() ? magpie::embedded::append_until_killed(**storage) : 3;
}
