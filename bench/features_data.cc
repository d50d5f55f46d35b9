#include "features_data.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "adapters/embedded/duck_session.h"
#include "base/file.h"

namespace magpie::bench {
namespace {

namespace fs = std::filesystem;
using embedded::DuckSession;
using embedded::sql_quoted;

constexpr int kDays = 90;
constexpr std::uint64_t kSession = 20;  // Events of a session: ten impressions, then ten actions.

std::string replaced(std::string text, const std::string& name, std::uint64_t value) {
  const std::string digits = std::to_string(value);
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at))
    text.replace(at, name.size(), digits);
  return text;
}

// unit(n): in [0, 1), by n alone. item_of(n): 'i0' is the most popular one.
constexpr const char* kMacros =
    "CREATE TEMP MACRO unit(n) AS (hash(n) >> 11)::DOUBLE / 9007199254740992.0;"
    "CREATE TEMP MACRO item_of(n) AS 'i' || (floor(exp(unit(n) * ln(ITEMS + 1.0)))::BIGINT - 1);"
    "CREATE TEMP MACRO categories_of(item) AS ['c' || hash(item) % 30, 'd' || hash(item) % 200]";

// A day's events. Session s of ten impressions of one request, then ten actions on the same items 2 to 200 s later.
//   e % 100 = 57: the event before, sent again.  e % 200 = 11: the event before, 200 ms later, with an id of its own.
//   s % 1000 = 13: a part of the day's robot, which views something every 10 ms.
constexpr const char* kDayEvents = R"sql(
WITH numbers AS (
  SELECT FIRST + unnest(range(PER_DAY)) AS e
),
slots AS (
  SELECT e, CASE WHEN e % 100 = 57 OR e % 200 = 11 THEN e - 1 ELSE e END AS source, e % 200 = 11 AS double_click
  FROM numbers
),
sessions AS (
  SELECT e, source, double_click, source // 20 AS s, source % 20 AS k, source // 20 % 1000 = 13 AS robot FROM slots
),
events AS (
  SELECT *, source % 10 AS place, START + floor(unit(s * 7 + 2) * 82000000)::BIGINT AS started_ms FROM sessions
)
SELECT
  format('{:010d}{:016x}', CASE WHEN double_click THEN e ELSE source END,
         hash(CASE WHEN double_click THEN e ELSE source END)) AS event_id,
  CASE WHEN robot THEN 'robot' || DAY ELSE 'u' || floor(USERS * pow(unit(s * 7 + 1), 1.5))::BIGINT END AS user_id,
  item_of(s * 1000 + CASE WHEN robot THEN k ELSE place END) AS item_id,
  CASE
    WHEN robot THEN 'view'
    WHEN k < 10 THEN 'impression'
    WHEN unit(source * 3 + 1) < 0.25 THEN 'click'
    WHEN unit(source * 3 + 1) < 0.80 THEN 'view'
    WHEN unit(source * 3 + 1) < 0.90 THEN 'like'
    WHEN unit(source * 3 + 1) < 0.95 THEN 'add_to_cart'
    ELSE 'purchase'
  END AS type,
  CASE
    WHEN robot THEN START + 3600000 + (s // 1000 * 20 + k) * 10 % 3600000
    WHEN k < 10 THEN started_ms
    ELSE started_ms + 2000 + (k - 10) * 21000 + floor(unit(source * 3 + 2) * 9000)::BIGINT
  END + CASE WHEN double_click THEN 200 ELSE 0 END AS timestamp_ms,
  CASE WHEN k >= 10 AND unit(source * 3 + 1) >= 0.95 THEN round(exp(2 + 2 * unit(source * 3 + 3)), 2) ELSE 0 END AS value,
  's' || s AS session_id,
  CASE WHEN NOT robot AND (k < 10 OR unit(source * 3 + 1) < 0.25) THEN 'r' || s END AS request_id,
  'home' AS surface, CASE WHEN s % 3 = 0 THEN 'phone' ELSE 'desktop' END AS device, 'eu' AS region,
  categories_of(item_of(s * 1000 + CASE WHEN robot THEN k ELSE place END)) AS categories,
  CASE WHEN NOT robot AND k < 10 THEN k END::UINTEGER AS position,
  CASE WHEN NOT robot AND k < 10 THEN 1 END::UBIGINT AS model_version,
  CASE WHEN NOT robot AND k < 10 THEN 1 END::FLOAT AS propensity
FROM events
ORDER BY timestamp_ms, event_id)sql";

constexpr const char* kItems = R"sql(
SELECT 'i' || i AS item_id, categories_of('i' || i) AS categories,
  CASE WHEN i % 10 > 0 THEN round(exp(1 + 4 * unit(i * 3)), 2) END AS price,
  START - i % 1000 * 86400000 AS created_at_ms, 1::BIGINT AS available
FROM range(ITEMS) AS t(i)
ORDER BY item_id)sql";

constexpr const char* kEventTypes = R"sql(
SELECT * FROM (VALUES ('view', 1000::BIGINT, 1::BIGINT), ('click', 2000, 1), ('add_to_cart', 4000, 1),
  ('purchase', 8000, 1), ('like', 5000, 1), ('dislike', -5000, 1), ('impression', 0, 0), ('rating', 1000, 1))
  AS t(type, weight_thousandths, is_interaction))sql";

Status copy(DuckSession& session, const std::string& select, const fs::path& directory) {
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(directory));
  return session.run("COPY (" + select + ") TO " + sql_quoted((directory / "part-00000000.parquet").string()) +
                     " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 65536)");
}

}  // namespace

Status generate_history(std::uint64_t events, const fs::path& raw) {
  const std::uint64_t per_day = std::max(events / kDays / kSession, std::uint64_t{1}) * kSession;
  const std::uint64_t users = std::max<std::uint64_t>(events / 250, 100);
  const std::uint64_t items = std::clamp<std::uint64_t>(events / 500, 500, 200'000);
  MAGPIE_RETURN_IF_ERROR(magpie::remove_all(raw));
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(raw));
  MAGPIE_ASSIGN_OR_RETURN(DuckSession session, DuckSession::open({raw / "spill", 1UL << 30U, 2}));
  MAGPIE_RETURN_IF_ERROR(session.run(replaced(kMacros, "ITEMS", items)));
  for (int day = 0; day < kDays; ++day) {
    std::string select = replaced(kDayEvents, "PER_DAY", per_day);
    select = replaced(select, "FIRST", per_day * static_cast<std::uint64_t>(day));
    select = replaced(select, "USERS", users);
    select =
        replaced(select, "START", static_cast<std::uint64_t>(to_unix_ms(kGeneratedStart + std::chrono::days(day))));
    select = replaced(select, "DAY", static_cast<std::uint64_t>(day));
    MAGPIE_RETURN_IF_ERROR(copy(session, select, raw / "events" / std::to_string(day)));
  }
  const auto start = static_cast<std::uint64_t>(to_unix_ms(kGeneratedStart));
  MAGPIE_RETURN_IF_ERROR(copy(session, replaced(replaced(kItems, "ITEMS", items), "START", start), raw / "items"));
  return copy(session, kEventTypes, raw / "event_types");
}

}  // namespace magpie::bench
