-- clean_events: the events of [${from_ms}, ${until_ms}) that no rule rejects.
-- Reads unique_events, repeated_actions.
SELECT e.*
FROM unique_events AS e LEFT JOIN repeated_actions AS r ON r.event_id = e.event_id
WHERE r.event_id IS NULL AND e.timestamp_ms >= ${from_ms} AND e.timestamp_ms < ${until_ms}
ORDER BY e.timestamp_ms, e.event_id
