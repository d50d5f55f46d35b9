-- example_events: view. What training examples are made of, with a 1 in the column of each kind that they count.
-- Together with user_events and item_moments it cuts the work in ${parts} parts, so that a part fits in memory.
-- Reads event_types, clean_events, items.
SELECT e.event_id, e.user_id, e.item_id, e.type, e.timestamp_ms, e.request_id, e.position, e.model_version, e.surface,
  e.device, try_element_at(e.categories, 1) AS category, t.is_interaction,
  CASE WHEN e.type = 'click' THEN 1 ELSE 0 END AS is_click,
  CASE WHEN e.type = 'purchase' THEN 1 ELSE 0 END AS is_purchase,
  CASE WHEN t.is_interaction = 1 THEN e.timestamp_ms END AS interaction_ms,
  CASE WHEN t.is_interaction = 1 THEN CAST(round(100 * i.price) AS BIGINT) END AS interaction_cents
FROM clean_events AS e JOIN event_types AS t ON t.type = e.type LEFT JOIN items AS i ON i.item_id = e.item_id
