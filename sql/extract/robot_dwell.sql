-- Rule robot_dwell: users with more than ${moments_without_dwell} distinct times in a row, each less than ${dwell_ms} ms
-- after the one before: nobody looked at anything. Equal times are one moment, and times in whole seconds are never so
-- near: neither of the two ways in which imports are stamped is a row.
-- Reads suspects.
WITH moments AS (
  SELECT DISTINCT user_id, timestamp_ms FROM suspects
),
gaps AS (
  SELECT user_id, timestamp_ms,
    timestamp_ms - lag(timestamp_ms) OVER (PARTITION BY user_id ORDER BY timestamp_ms) AS gap_ms
  FROM moments
),
numbered AS (
  SELECT user_id,
    sum(CASE WHEN gap_ms < ${dwell_ms} THEN 0 ELSE 1 END) OVER (PARTITION BY user_id ORDER BY timestamp_ms) AS row_number
  FROM gaps
),
in_a_row AS (
  SELECT user_id, row_number, count(*) AS moments FROM numbered GROUP BY 1, 2
)
SELECT user_id, max(moments) AS measured
FROM in_a_row
GROUP BY user_id
HAVING max(moments) > ${moments_without_dwell}
