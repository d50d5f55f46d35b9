-- accepted_events: view. The events of the window that no rule about users or values rejects; duplicates are in it.
-- Reads events_in_window, value_bounds, robots.
SELECT e.*
FROM events_in_window AS e
  JOIN value_bounds AS b ON b.type = e.type
  LEFT JOIN (SELECT DISTINCT user_id FROM robots) AS r ON r.user_id = e.user_id
WHERE r.user_id IS NULL AND abs(e.value) <= b.range_limit
  AND (b.outlier_limit IS NULL OR abs(e.value) <= b.outlier_limit)
