-- events_in_window: view. The events of the window, [${window_start_ms}, ${window_end_ms}).
-- Reads raw_events.
SELECT *
FROM raw_events
WHERE timestamp_ms >= ${window_start_ms} AND timestamp_ms < ${window_end_ms}
