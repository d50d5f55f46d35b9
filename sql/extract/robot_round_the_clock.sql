-- Rule robot_round_the_clock: users with interactions in each of the 24 hours (UTC) of more than
-- ${round_the_clock_days} days.
-- Reads user_hours.
SELECT user_id, count(*) AS measured
FROM (
  SELECT user_id, hour_ms - hour_ms % 86400000 AS day_ms
  FROM user_hours
  GROUP BY 1, 2
  HAVING count(*) = 24
) AS days
GROUP BY user_id
HAVING count(*) > ${round_the_clock_days}
