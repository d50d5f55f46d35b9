-- item_moments: for one part of the items, a row for each moment since ${examples_from_ms} at which one was shown: what had
-- happened to it at earlier times.
-- Reads example_events.
WITH moments AS (
  SELECT item_id, timestamp_ms, sum(is_interaction) AS interactions, sum(is_click) AS clicks,
    sum(is_purchase) AS purchases, count(*) AS events, max(CASE WHEN type = 'impression' THEN 1 ELSE 0 END) AS shown
  FROM example_events
  WHERE (xxhash64(item_id) % ${parts} + ${parts}) % ${parts} = ${part}
  GROUP BY item_id, timestamp_ms
),
sums AS (
  SELECT item_id, timestamp_ms, shown,
    sum(interactions) OVER until_now - interactions AS item_interactions,
    sum(clicks) OVER until_now - clicks AS item_clicks,
    sum(purchases) OVER until_now - purchases AS item_purchases,
    sum(events) OVER until_now - events AS item_events
  FROM moments
  WINDOW until_now AS (PARTITION BY item_id ORDER BY timestamp_ms ROWS UNBOUNDED PRECEDING)
)
SELECT item_id, timestamp_ms, CAST(item_interactions AS BIGINT) AS item_interactions,
  CAST(item_clicks AS BIGINT) AS item_clicks, CAST(item_purchases AS BIGINT) AS item_purchases,
  CAST(item_events - item_interactions AS BIGINT) AS item_impressions
FROM sums
WHERE shown = 1 AND timestamp_ms >= ${examples_from_ms}
