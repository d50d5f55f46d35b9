-- Rule outside_window: events of before ${window_start_ms} or from ${window_end_ms} on: the rest of the days that the
-- window cuts, and clocks that are wrong.
-- Reads raw_events.
SELECT user_id
FROM raw_events
WHERE timestamp_ms < ${window_start_ms} OR timestamp_ms >= ${window_end_ms}
