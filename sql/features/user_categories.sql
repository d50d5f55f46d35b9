-- user_categories: for each user the ten categories preferred, by the weights of the interactions with their items (the
-- item's categories as each event recorded them); only those whose weights sum to more than 0.
-- Reads event_types, clean_events.
WITH categories AS (
  SELECT user_id, explode(categories) AS category, weight_thousandths
  FROM clean_events JOIN event_types USING (type)
  WHERE is_interaction = 1
),
weights AS (
  SELECT user_id, category, CAST(sum(weight_thousandths) AS BIGINT) AS weight
  FROM categories
  GROUP BY 1, 2
  HAVING sum(weight_thousandths) > 0
),
ranked AS (
  SELECT user_id, category, weight,
    row_number() OVER (PARTITION BY user_id ORDER BY weight DESC, category) AS place,
    sum(weight) OVER (PARTITION BY user_id) AS all_weight
  FROM weights
)
SELECT user_id, CAST(place AS BIGINT) AS place, category, CAST(weight AS DOUBLE) / 1000 AS weight,
  CAST(weight AS DOUBLE) / CAST(all_weight AS DOUBLE) AS share
FROM ranked
WHERE place <= 10
ORDER BY user_id, place
