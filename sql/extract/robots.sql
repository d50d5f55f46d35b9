-- robots: the users whom a rule takes for robots, by rule.
-- Reads robot_minute, robot_hour, robot_items, robot_round_the_clock, robot_dwell.
SELECT user_id, 'robot_minute' AS rule, measured FROM robot_minute
UNION ALL
SELECT user_id, 'robot_hour' AS rule, measured FROM robot_hour
UNION ALL
SELECT user_id, 'robot_items' AS rule, measured FROM robot_items
UNION ALL
SELECT user_id, 'robot_round_the_clock' AS rule, measured FROM robot_round_the_clock
UNION ALL
SELECT user_id, 'robot_dwell' AS rule, measured FROM robot_dwell
ORDER BY user_id, rule
