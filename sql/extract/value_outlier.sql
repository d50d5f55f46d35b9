-- Rule value_outlier: events whose |value| is far above those of their kind (value_bounds).
-- Reads events_in_window, value_bounds.
SELECT user_id
FROM events_in_window AS e JOIN value_bounds AS b ON b.type = e.type
WHERE NOT abs(e.value) <= b.outlier_limit
