-- user_features: one row for each user with a clean event, as of the end of the window, ${window_end_ms}.
-- Reads event_types, clean_events, items, user_sessions.
WITH counts AS (
  SELECT user_id,
    count(*) FILTER (WHERE is_interaction = 1) AS interactions,
    count(*) FILTER (WHERE type = 'view') AS views,
    count(*) FILTER (WHERE type = 'click') AS clicks,
    count(*) FILTER (WHERE type = 'add_to_cart') AS add_to_carts,
    count(*) FILTER (WHERE type = 'purchase') AS purchases,
    count(*) FILTER (WHERE type = 'like') AS likes,
    count(*) FILTER (WHERE type = 'dislike') AS dislikes,
    count(*) FILTER (WHERE type = 'rating') AS ratings,
    count(*) FILTER (WHERE type = 'impression') AS impressions,
    min(timestamp_ms) AS first_ms,
    max(CASE WHEN is_interaction = 1 THEN timestamp_ms END) AS last_ms
  FROM clean_events JOIN event_types USING (type)
  GROUP BY user_id
),
days AS (
  SELECT user_id, count(*) AS active_days
  FROM (
    SELECT user_id, timestamp_ms - timestamp_ms % 86400000 AS day_ms
    FROM clean_events JOIN event_types USING (type)
    WHERE is_interaction = 1
    GROUP BY 1, 2
  ) AS user_days
  GROUP BY user_id
),
sessions AS (
  SELECT user_id, count(*) AS sessions, CAST(sum(length_ms) AS DOUBLE) / count(*) AS mean_session_ms
  FROM user_sessions
  GROUP BY user_id
),
prices AS (
  SELECT user_id, price, count(*) AS events
  FROM clean_events JOIN event_types USING (type) JOIN items USING (item_id)
  WHERE is_interaction = 1 AND price IS NOT NULL
  GROUP BY 1, 2
),
ranked_prices AS (
  SELECT user_id, price,
    sum(events) OVER (PARTITION BY user_id ORDER BY price) AS events_up_to,
    sum(events) OVER (PARTITION BY user_id) AS all_events
  FROM prices
),
price_bands AS (
  SELECT user_id,
    min(CASE WHEN 4 * events_up_to >= all_events THEN price END) AS price_low,
    min(CASE WHEN 2 * events_up_to >= all_events THEN price END) AS price_median,
    min(CASE WHEN 4 * events_up_to >= 3 * all_events THEN price END) AS price_high
  FROM ranked_prices
  GROUP BY user_id
)
SELECT user_id, interactions, views, clicks, add_to_carts, purchases, likes, dislikes, ratings, impressions,
  first_ms, last_ms, ${window_end_ms} - last_ms AS recency_ms,
  coalesce(active_days, 0) AS active_days, coalesce(sessions, 0) AS sessions, mean_session_ms,
  price_low, price_median, price_high
FROM counts LEFT JOIN days USING (user_id) LEFT JOIN sessions USING (user_id) LEFT JOIN price_bands USING (user_id)
ORDER BY user_id
