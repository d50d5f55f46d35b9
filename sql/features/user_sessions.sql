-- user_sessions: view. Each session of a user: the interactions with one session id; without one, those in a row with
-- no gap longer than ${session_gap_ms} ms.
-- Reads event_types, clean_events.
WITH interactions AS (
  SELECT user_id, session_id, timestamp_ms
  FROM clean_events JOIN event_types USING (type)
  WHERE is_interaction = 1
),
gaps AS (
  SELECT user_id, timestamp_ms,
    timestamp_ms - lag(timestamp_ms) OVER (PARTITION BY user_id ORDER BY timestamp_ms) AS gap_ms
  FROM interactions
  WHERE session_id IS NULL
),
cut AS (
  SELECT user_id, timestamp_ms,
    sum(CASE WHEN gap_ms <= ${session_gap_ms} THEN 0 ELSE 1 END)
      OVER (PARTITION BY user_id ORDER BY timestamp_ms) AS session_number
  FROM gaps
)
SELECT user_id, max(timestamp_ms) - min(timestamp_ms) AS length_ms
FROM interactions
WHERE session_id IS NOT NULL
GROUP BY user_id, session_id
UNION ALL
SELECT user_id, max(timestamp_ms) - min(timestamp_ms) AS length_ms
FROM cut
GROUP BY user_id, session_number
