-- requested_responses: view. The first click and purchase that name the request whose impression they answer.
-- Reads user_events.
SELECT user_id, item_id, request_id,
  min(CASE WHEN type = 'click' THEN timestamp_ms END) AS click_ms,
  min(CASE WHEN type = 'purchase' THEN timestamp_ms END) AS purchase_ms
FROM user_events
WHERE request_id IS NOT NULL AND (type = 'click' OR type = 'purchase')
GROUP BY user_id, item_id, request_id
