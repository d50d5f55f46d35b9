// JsonDecoder: request bodies in JSON (RFC 8259) or NDJSON -> events, items, users, in one pass and without a document
// in between (simdjson on-demand, Keiser and Lemire, "On-Demand JSON", 2023).
//
// A body that is not JSON is refused whole, with line and column. An element of a list that is JSON but no event (item,
// user), or a line of NDJSON that is not JSON, is rejected by itself. A member that the schema lacks is an error that
// names it: a misspelt optional field must not be lost silently. `null` is the same as absence.
// Thread-safety: one thread at a time; keeps its buffers between calls.
#pragma once

#include <memory>
#include <string>

#include "api/batch_outcome.h"
#include "api/onboarding_operations.h"
#include "base/clock.h"
#include "base/status.h"
#include "model/item.h"
#include "speed/ingest.h"

namespace magpie::api {

enum class BodyFormat { kJson, kNdjson };

class JsonDecoder {
 public:
  JsonDecoder();
  ~JsonDecoder();
  JsonDecoder(JsonDecoder&&) noexcept;
  JsonDecoder& operator=(JsonDecoder&&) noexcept;

  // JSON: one object or an array of objects; NDJSON: an object a line, blank lines skipped. `body` may be reallocated
  // (the parser reads a few bytes past the end) but keeps its content. Stops reading at element kMaxBatch + 1, which is
  // for the caller to refuse.
  [[nodiscard]] Result<DecodedBatch<speed::RawEvent>> events(std::string& body, BodyFormat format);
  // What the client leaves out: created_at is `now`, available is true.
  [[nodiscard]] Result<DecodedBatch<Item>> items(std::string& body, BodyFormat format, Timestamp now);
  [[nodiscard]] Result<DecodedBatch<User>> users(std::string& body, BodyFormat format, Timestamp now);

  // One object. `id` is the resource's: the body may leave it out but not contradict it.
  [[nodiscard]] Result<Item> item(std::string& body, const std::string& id, Timestamp now);
  [[nodiscard]] Result<User> user(std::string& body, const std::string& id, Timestamp now);
  // The resource is the user's.
  [[nodiscard]] Result<OnboardingAnswer> onboarding(std::string& body, const std::string& id);

  // Gives back the memory that a big body has taken.
  void shrink();

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace magpie::api
