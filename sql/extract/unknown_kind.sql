-- Rule unknown_kind: events of a kind that is no longer configured. They stay in history, and come back with the kind.
-- Reads event_types, events_in_window.
SELECT user_id
FROM events_in_window AS e LEFT JOIN event_types AS t ON t.type = e.type
WHERE t.type IS NULL
