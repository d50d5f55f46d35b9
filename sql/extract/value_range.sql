-- Rule value_range: events whose |value| is above what their kind can have (value_bounds), or is no number.
-- Reads events_in_window, value_bounds.
SELECT user_id
FROM events_in_window AS e JOIN value_bounds AS b ON b.type = e.type
WHERE NOT abs(e.value) <= b.range_limit
