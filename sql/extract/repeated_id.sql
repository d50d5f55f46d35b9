-- Rule repeated_id: ids that occur more than once (a client that sent an event again). Yields the event that stays for
-- each: the earliest; of those of one time the first by all that an event says, so that the choice does not depend on
-- the order of the rows.
-- Reads accepted_events. The hashes find the few rows to compare: keys of one width, where the ids differ in length.
WITH hashes AS (
  SELECT xxhash64(event_id) AS id_hash FROM accepted_events GROUP BY 1 HAVING count(*) > 1
),
copies AS (
  SELECT e.*,
    row_number() OVER (
      PARTITION BY event_id
      ORDER BY timestamp_ms, user_id, item_id, type, value, session_id NULLS FIRST, request_id NULLS FIRST,
        surface NULLS FIRST, device NULLS FIRST, region NULLS FIRST, position NULLS FIRST, model_version NULLS FIRST,
        propensity NULLS FIRST) AS copy,
    count(*) OVER (PARTITION BY event_id) AS copies
  FROM accepted_events AS e
  WHERE xxhash64(event_id) IN (SELECT id_hash FROM hashes)
)
SELECT event_id, user_id, item_id, type, timestamp_ms, value, session_id, request_id, surface, device, region,
  categories, position, model_version, propensity, copies
FROM copies
WHERE copy = 1 AND copies > 1
ORDER BY event_id
