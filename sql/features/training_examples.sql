-- training_examples: one row for each impression since ${examples_from_ms} to one part of the users: whether it was clicked
-- and bought, and what was known of user, item and both at that moment.
--
-- Features come from events with an earlier time, never from the same millisecond or later: no later event changes them.
-- Labels come from the impression's own time and after: a click within ${click_attribution_ms} ms, a purchase within
-- ${purchase_attribution_ms} ms.
-- Reads user_events, requested_responses, unrequested_responses, item_moments, items.
--
-- Of one millisecond impressions come first, so that the rows before an impression hold interactions of earlier times
-- only, and its rank counts all events of earlier times. (A RANGE frame says the same at twice the cost.)
WITH of_users AS (
  SELECT *,
    sum(is_interaction) OVER earlier AS user_interactions,
    sum(is_click) OVER earlier AS user_clicks,
    sum(is_purchase) OVER earlier AS user_purchases,
    max(interaction_ms) OVER earlier AS user_last_ms,
    sum(interaction_cents) OVER earlier AS user_cents,
    count(interaction_cents) OVER earlier AS user_priced,
    rank() OVER earlier - 1 AS user_events
  FROM user_events
  WINDOW earlier AS (PARTITION BY user_id ORDER BY timestamp_ms, is_interaction ROWS UNBOUNDED PRECEDING)
),
of_tastes AS (
  SELECT *, sum(is_interaction) OVER earlier AS category_interactions
  FROM of_users
  WINDOW earlier AS (PARTITION BY user_id, category ORDER BY timestamp_ms, is_interaction ROWS UNBOUNDED PRECEDING)
),
of_pairs AS (
  SELECT *,
    sum(is_interaction) OVER earlier AS pair_interactions,
    rank() OVER earlier - 1 AS pair_events
  FROM of_tastes
  WINDOW earlier AS (PARTITION BY user_id, item_id ORDER BY timestamp_ms, is_interaction ROWS UNBOUNDED PRECEDING)
)
SELECT e.event_id, e.request_id, e.user_id, e.item_id, e.timestamp_ms,
  CAST(e.position AS BIGINT) AS position, CAST(e.model_version AS BIGINT) AS model_version,
  e.surface, e.device,
  CASE
    WHEN q.click_ms BETWEEN e.timestamp_ms AND e.timestamp_ms + ${click_attribution_ms} THEN 1
    WHEN u.click_ms <= e.timestamp_ms + ${click_attribution_ms} THEN 1
    ELSE 0
  END AS clicked,
  CASE
    WHEN q.purchase_ms BETWEEN e.timestamp_ms AND e.timestamp_ms + ${purchase_attribution_ms} THEN 1
    WHEN u.purchase_ms <= e.timestamp_ms + ${purchase_attribution_ms} THEN 1
    ELSE 0
  END AS purchased,
  CAST(e.user_interactions AS BIGINT) AS user_interactions,
  CAST(e.user_clicks AS BIGINT) AS user_clicks, CAST(e.user_purchases AS BIGINT) AS user_purchases,
  CAST(e.user_events - e.user_interactions AS BIGINT) AS user_impressions,
  e.timestamp_ms - e.user_last_ms AS user_recency_ms,
  CAST(e.user_cents AS DOUBLE) / (100 * nullif(e.user_priced, 0)) AS user_price,
  CAST(e.category_interactions AS BIGINT) AS category_interactions,
  CAST(e.pair_interactions AS BIGINT) AS pair_interactions,
  CAST(e.pair_events - e.pair_interactions AS BIGINT) AS pair_impressions,
  m.item_interactions, m.item_clicks, m.item_purchases, m.item_impressions,
  e.timestamp_ms - i.created_at_ms AS item_age_ms, i.price AS item_price
FROM of_pairs AS e
  JOIN item_moments AS m ON m.item_id = e.item_id AND m.timestamp_ms = e.timestamp_ms
  LEFT JOIN requested_responses AS q
    ON q.user_id = e.user_id AND q.item_id = e.item_id AND q.request_id = e.request_id
  LEFT JOIN unrequested_responses AS u
    ON u.user_id = e.user_id AND u.item_id = e.item_id AND u.shown_ms = e.timestamp_ms
  LEFT JOIN items AS i ON i.item_id = e.item_id
WHERE e.type = 'impression' AND e.timestamp_ms >= ${examples_from_ms}
ORDER BY e.timestamp_ms, e.event_id
