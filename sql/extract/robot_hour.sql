-- Rule robot_hour: users with interactions at more than ${moments_per_hour} distinct times within a clock hour.
-- Reads suspects.
SELECT user_id, max(moments) AS measured
FROM (
  SELECT user_id, timestamp_ms - timestamp_ms % 3600000 AS hour_ms, count(DISTINCT timestamp_ms) AS moments
  FROM suspects
  GROUP BY 1, 2
) AS hours
GROUP BY user_id
HAVING max(moments) > ${moments_per_hour}
