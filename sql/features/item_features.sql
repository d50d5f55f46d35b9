-- item_features: one row for each item with a clean event, as of the end of the window, ${window_end_ms}.
--
-- Each rate is smoothed towards its mean over all items, as if ${prior_impressions} more impressions, or
-- ${prior_users} more users, had been seen (the posterior mean under a beta prior). Clicks count towards the
-- click-through rate up to the number of impressions: organic traffic clicks without having been shown anything.
-- Reads event_types, clean_events, items.
WITH pairs AS (
  SELECT item_id, user_id,
    count(*) FILTER (WHERE is_interaction = 1) AS interactions,
    count(*) FILTER (WHERE type = 'view') AS views,
    count(*) FILTER (WHERE type = 'click') AS clicks,
    count(*) FILTER (WHERE type = 'add_to_cart') AS add_to_carts,
    count(*) FILTER (WHERE type = 'purchase') AS purchases,
    count(*) FILTER (WHERE type = 'like') AS likes,
    count(*) FILTER (WHERE type = 'dislike') AS dislikes,
    count(*) FILTER (WHERE type = 'rating') AS ratings,
    CAST(sum(CASE WHEN type = 'rating' THEN round(1000 * value) ELSE 0 END) AS BIGINT) AS rating_thousandths,
    count(*) FILTER (WHERE type = 'impression') AS impressions,
    count(*) FILTER (WHERE is_interaction = 1 AND timestamp_ms >= ${window_end_ms} - 604800000) AS week_interactions,
    min(timestamp_ms) AS first_ms,
    max(timestamp_ms) AS last_ms
  FROM clean_events JOIN event_types USING (type)
  GROUP BY 1, 2
),
counts AS (
  SELECT item_id,
    CAST(sum(interactions) AS BIGINT) AS interactions,
    CAST(sum(week_interactions) AS BIGINT) AS week_interactions,
    CAST(sum(views) AS BIGINT) AS views,
    CAST(sum(clicks) AS BIGINT) AS clicks,
    CAST(sum(add_to_carts) AS BIGINT) AS add_to_carts,
    CAST(sum(purchases) AS BIGINT) AS purchases,
    CAST(sum(likes) AS BIGINT) AS likes,
    CAST(sum(dislikes) AS BIGINT) AS dislikes,
    CAST(sum(ratings) AS BIGINT) AS ratings,
    CAST(sum(rating_thousandths) AS BIGINT) AS rating_thousandths,
    CAST(sum(impressions) AS BIGINT) AS impressions,
    least(CAST(sum(clicks) AS BIGINT), CAST(sum(impressions) AS BIGINT)) AS shown_clicks,
    count(*) FILTER (WHERE interactions > 0) AS users,
    count(*) FILTER (WHERE interactions > views) AS engaged_users,
    count(*) FILTER (WHERE purchases > 0) AS buyers,
    min(first_ms) AS first_ms,
    max(last_ms) AS last_ms
  FROM pairs
  GROUP BY item_id
),
totals AS (
  SELECT
    CAST(sum(interactions) AS DOUBLE) AS interactions,
    coalesce(CAST(sum(shown_clicks) AS DOUBLE) / nullif(sum(impressions), 0), 0e0) AS ctr,
    coalesce(CAST(sum(engaged_users) AS DOUBLE) / nullif(sum(users), 0), 0e0) AS engagement_rate,
    coalesce(CAST(sum(buyers) AS DOUBLE) / nullif(sum(users), 0), 0e0) AS conversion_rate
  FROM counts
)
SELECT c.item_id, c.interactions, c.week_interactions, c.views, c.clicks, c.add_to_carts, c.purchases, c.likes,
  c.dislikes, c.ratings, c.impressions, c.users, c.buyers, c.first_ms, c.last_ms,
  CASE WHEN t.interactions > 0 THEN CAST(c.interactions AS DOUBLE) / t.interactions ELSE 0e0 END AS popularity,
  (c.shown_clicks + ${prior_impressions} * t.ctr) / (c.impressions + ${prior_impressions}) AS ctr,
  (c.engaged_users + ${prior_users} * t.engagement_rate) / (c.users + ${prior_users}) AS engagement_rate,
  (c.buyers + ${prior_users} * t.conversion_rate) / (c.users + ${prior_users}) AS conversion_rate,
  CASE WHEN c.ratings > 0 THEN CAST(c.rating_thousandths AS DOUBLE) / (1000 * c.ratings) END AS mean_rating,
  ${window_end_ms} - coalesce(i.created_at_ms, c.first_ms) AS age_ms,
  i.price, try_element_at(i.categories, 1) AS primary_category
FROM counts AS c CROSS JOIN totals AS t LEFT JOIN items AS i ON i.item_id = c.item_id
ORDER BY c.item_id
