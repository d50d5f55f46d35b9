-- Rule repeated_action: events with the same user, item and kind (of impressions also: the same request) as an event no
-- more than ${repeat_ms} ms before: a double click, or two trackers. The first event of such a row stays.
-- Reads unique_events. Events that near to each other have one time slot of ${repeat_ms} ms, or two neighbors: two
-- aggregations of hashes find the few that need to be compared.
WITH slots AS (
  SELECT xxhash64(user_id, item_id, type) AS action, (timestamp_ms - timestamp_ms % (2 * ${repeat_ms})) AS even_slot,
    (timestamp_ms + ${repeat_ms}) - (timestamp_ms + ${repeat_ms}) % (2 * ${repeat_ms}) AS odd_slot
  FROM unique_events
),
actions AS (
  SELECT action FROM slots GROUP BY action, even_slot HAVING count(*) > 1
  UNION
  SELECT action FROM slots GROUP BY action, odd_slot HAVING count(*) > 1
),
gaps AS (
  SELECT event_id, user_id,
    timestamp_ms - lag(timestamp_ms) OVER (
      PARTITION BY user_id, item_id, type, CASE WHEN type = 'impression' THEN request_id END
      ORDER BY timestamp_ms, event_id) AS gap_ms
  FROM unique_events
  WHERE xxhash64(user_id, item_id, type) IN (SELECT action FROM actions)
)
SELECT event_id, user_id
FROM gaps
WHERE gap_ms <= ${repeat_ms}
ORDER BY event_id
