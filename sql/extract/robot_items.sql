-- Rule robot_items: users with more than ${items_per_hour} distinct items within a clock hour, seen at as many distinct
-- times: a list that is imported at one time is no walk through the catalogue.
-- Reads suspects.
SELECT user_id, max(least(items, moments)) AS measured
FROM (
  SELECT user_id, timestamp_ms - timestamp_ms % 3600000 AS hour_ms,
    count(DISTINCT item_id) AS items, count(DISTINCT timestamp_ms) AS moments
  FROM suspects
  GROUP BY 1, 2
) AS hours
GROUP BY user_id
HAVING max(least(items, moments)) > ${items_per_hour}
