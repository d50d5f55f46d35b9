-- user_events: view. The events of one part of the users: each has all of theirs.
-- Reads example_events.
SELECT * FROM example_events WHERE (xxhash64(user_id) % ${parts} + ${parts}) % ${parts} = ${part}
