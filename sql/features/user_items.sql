-- user_items: what users did with items, beside what is known of both at the end of the window: one row for each user
-- and item with an interaction.
-- Reads event_types, clean_events, user_features, user_categories, item_features.
WITH pairs AS (
  SELECT user_id, item_id, count(*) AS interactions,
    CAST(sum(weight_thousandths) AS BIGINT) AS weight,
    count(*) FILTER (WHERE type = 'purchase') AS purchases,
    max(timestamp_ms) AS last_ms
  FROM clean_events JOIN event_types USING (type)
  WHERE is_interaction = 1
  GROUP BY 1, 2
)
SELECT p.user_id, p.item_id, p.interactions, CAST(p.weight AS DOUBLE) / 1000 AS weight, p.purchases, p.last_ms,
  u.interactions AS user_interactions, u.purchases AS user_purchases, u.active_days AS user_active_days,
  u.recency_ms AS user_recency_ms, u.mean_session_ms AS user_mean_session_ms,
  i.users AS item_users, i.popularity AS item_popularity, i.ctr AS item_ctr, i.engagement_rate AS item_engagement_rate,
  i.conversion_rate AS item_conversion_rate, i.age_ms AS item_age_ms,
  coalesce(c.share, 0e0) AS category_share,
  CASE WHEN u.price_median > 0 THEN i.price / u.price_median END AS price_ratio
FROM pairs AS p
  JOIN user_features AS u ON u.user_id = p.user_id
  JOIN item_features AS i ON i.item_id = p.item_id
  LEFT JOIN user_categories AS c ON c.user_id = p.user_id AND c.category = i.primary_category
ORDER BY p.user_id, p.item_id
