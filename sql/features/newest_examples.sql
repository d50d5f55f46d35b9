-- newest_examples: the ${most} latest training examples, for the heads that predict clicks and purchases.
-- Reads training_examples.
SELECT user_id, surface, device, position, clicked, purchased,
  user_interactions, user_clicks, user_impressions, user_recency_ms, user_price,
  category_interactions, pair_interactions, pair_impressions,
  item_interactions, item_clicks, item_purchases, item_impressions, item_age_ms, item_price
FROM training_examples
ORDER BY timestamp_ms DESC, event_id
LIMIT ${most}
