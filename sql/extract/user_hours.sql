-- user_hours: how busy each user was in each hour; what the robot rules look at first.
-- Reads event_types, events_in_window. Counts events, of which there are at least as many as moments and items.
WITH minutes AS (
  SELECT user_id, timestamp_ms - timestamp_ms % 60000 AS minute_ms, count(*) AS events
  FROM events_in_window JOIN event_types USING (type)
  WHERE is_interaction = 1
  GROUP BY 1, 2
)
SELECT user_id, minute_ms - minute_ms % 3600000 AS hour_ms,
  CAST(sum(events) AS BIGINT) AS events,
  max(events) AS busiest_minute
FROM minutes
GROUP BY 1, 2
ORDER BY user_id, hour_ms
