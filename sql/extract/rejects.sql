-- rejects: how many events of how many users each rule rejects. An event that two rules reject is counted by both.
-- Reads outside_window, unknown_kind, value_range, value_outlier, events_in_window, robots, repeated_ids,
-- repeated_actions.
SELECT 'outside_window' AS rule, count(*) AS events, count(DISTINCT user_id) AS users FROM outside_window
UNION ALL
SELECT 'unknown_kind' AS rule, count(*) AS events, count(DISTINCT user_id) AS users FROM unknown_kind
UNION ALL
SELECT 'value_range' AS rule, count(*) AS events, count(DISTINCT user_id) AS users FROM value_range
UNION ALL
SELECT 'value_outlier' AS rule, count(*) AS events, count(DISTINCT user_id) AS users FROM value_outlier
UNION ALL
SELECT rule, count(*) AS events, count(DISTINCT user_id) AS users
FROM events_in_window JOIN robots USING (user_id)
GROUP BY rule
UNION ALL
SELECT 'repeated_id' AS rule, coalesce(CAST(sum(copies - 1) AS BIGINT), 0) AS events, count(DISTINCT user_id) AS users
FROM repeated_ids
UNION ALL
SELECT 'repeated_action' AS rule, count(*) AS events, count(DISTINCT user_id) AS users FROM repeated_actions
