-- Rule robot_minute: users with interactions at more than ${moments_per_minute} distinct times within a clock minute.
-- Reads suspects.
SELECT user_id, max(moments) AS measured
FROM (
  SELECT user_id, timestamp_ms - timestamp_ms % 60000 AS minute_ms, count(DISTINCT timestamp_ms) AS moments
  FROM suspects
  GROUP BY 1, 2
) AS minutes
GROUP BY user_id
HAVING max(moments) > ${moments_per_minute}
