-- item_categories: who an item reaches: for each item the ten categories that most of its users prefer.
-- Reads event_types, clean_events, user_categories.
WITH audience AS (
  SELECT e.item_id, c.category, count(DISTINCT e.user_id) AS users
  FROM clean_events AS e JOIN event_types AS t ON t.type = e.type
    JOIN user_categories AS c ON c.user_id = e.user_id AND c.place = 1
  WHERE t.is_interaction = 1
  GROUP BY 1, 2
),
ranked AS (
  SELECT item_id, category, users,
    row_number() OVER (PARTITION BY item_id ORDER BY users DESC, category) AS place,
    sum(users) OVER (PARTITION BY item_id) AS all_users
  FROM audience
)
SELECT item_id, CAST(place AS BIGINT) AS place, category, users,
  CAST(users AS DOUBLE) / CAST(all_users AS DOUBLE) AS share
FROM ranked
WHERE place <= 10
ORDER BY item_id, place
