-- totals: how many events of how many users there are.
-- Reads events.
SELECT CAST(sum(events) AS BIGINT) AS events, count(*) AS users
FROM (SELECT user_id, count(*) AS events FROM events GROUP BY user_id) AS by_user
