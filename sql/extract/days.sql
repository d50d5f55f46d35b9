-- days: how many events each day (UTC) of the window has.
-- Reads events_in_window.
SELECT timestamp_ms - timestamp_ms % 86400000 AS day_ms, count(*) AS events
FROM events_in_window
GROUP BY 1
ORDER BY day_ms
