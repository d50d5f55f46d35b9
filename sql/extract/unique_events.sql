-- unique_events: view. The accepted events, each id once.
-- Reads accepted_events, repeated_ids.
SELECT e.event_id, e.user_id, e.item_id, e.type, e.timestamp_ms, e.value, e.session_id, e.request_id, e.surface,
  e.device, e.region, e.categories, e.position, e.model_version, e.propensity
FROM accepted_events AS e LEFT JOIN repeated_ids AS r ON r.event_id = e.event_id
WHERE r.event_id IS NULL
UNION ALL
SELECT event_id, user_id, item_id, type, timestamp_ms, value, session_id, request_id, surface, device, region,
  categories, position, model_version, propensity
FROM repeated_ids
