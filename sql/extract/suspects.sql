-- suspects: view. The interactions of users who were busy enough in some hour for a robot rule to look closer: more
-- events than a rule accepts as moments, or as many in a minute as half of the moments without dwell (which, in a row
-- that is no longer than a minute, lie in two clock minutes at most).
-- Reads event_types, events_in_window, user_hours.
SELECT user_id, item_id, timestamp_ms
FROM events_in_window JOIN event_types USING (type)
WHERE is_interaction = 1 AND user_id IN (
  SELECT user_id
  FROM user_hours
  WHERE events > ${moments_per_hour} OR events > ${items_per_hour} OR busiest_minute > ${moments_per_minute}
    OR 2 * busiest_minute >= ${moments_without_dwell}
)
