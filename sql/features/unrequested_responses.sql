-- unrequested_responses: view. The first click and purchase that name no request, credited to the time at which the
-- item was last shown to the user, the moment of the response included.
-- Reads user_events.
WITH pairs AS (
  SELECT DISTINCT user_id, item_id
  FROM user_events
  WHERE request_id IS NULL AND (type = 'click' OR type = 'purchase')
),
touches AS (
  SELECT user_id, item_id, type, timestamp_ms,
    max(CASE WHEN type = 'impression' THEN timestamp_ms END)
      OVER (PARTITION BY user_id, item_id ORDER BY timestamp_ms) AS shown_ms
  FROM user_events JOIN pairs USING (user_id, item_id)
  WHERE type = 'impression' OR (request_id IS NULL AND (type = 'click' OR type = 'purchase'))
)
SELECT user_id, item_id, shown_ms,
  min(CASE WHEN type = 'click' THEN timestamp_ms END) AS click_ms,
  min(CASE WHEN type = 'purchase' THEN timestamp_ms END) AS purchase_ms
FROM touches
WHERE type <> 'impression' AND shown_ms IS NOT NULL
GROUP BY user_id, item_id, shown_ms
