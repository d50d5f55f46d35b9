-- value_bounds: for each kind of event the largest |value| that is accepted, by two rules.
--
-- value_range: ${largest_rating} for ratings, ${largest_value} for all others.
-- value_outlier: a robust z-score of at most ${robust_z}, of x = ln(1 + |value|) among the values of the kind that are
--   not 0: z = 0.6745 |x - median| / MAD (Iglewicz and Hoaglin 1993). The logarithm, since amounts of money and times
--   are skewed to the right. Only for kinds with ${robust_z_events} such values, and only where more than half of them
--   do not agree (MAD > 0). Median and MAD are of x in steps of 0.01, so that no more than a count a step is in memory.
-- Reads event_types, events_in_window.
WITH steps AS (
  SELECT type, CAST(round(100 * ln(1 + abs(value))) AS BIGINT) AS step, count(*) AS events
  FROM events_in_window
  WHERE value <> 0 AND abs(value) <= ${largest_value}
  GROUP BY 1, 2
),
ranked AS (
  SELECT type, step,
    sum(events) OVER (PARTITION BY type ORDER BY step) AS events_up_to,
    sum(events) OVER (PARTITION BY type) AS all_events
  FROM steps
),
medians AS (
  SELECT type, min(step) AS median
  FROM ranked
  WHERE 2 * events_up_to >= all_events AND all_events >= ${robust_z_events}
  GROUP BY type
),
distances AS (
  SELECT type, median, abs(step - median) AS distance, sum(events) AS events
  FROM steps JOIN medians USING (type)
  GROUP BY 1, 2, 3
),
ranked_distances AS (
  SELECT type, median, distance,
    sum(events) OVER (PARTITION BY type ORDER BY distance) AS events_up_to,
    sum(events) OVER (PARTITION BY type) AS all_events
  FROM distances
),
spreads AS (
  SELECT type, median, min(distance) AS mad
  FROM ranked_distances
  WHERE 2 * events_up_to >= all_events
  GROUP BY 1, 2
)
SELECT type,
  CASE WHEN type = 'rating' THEN ${largest_rating} ELSE ${largest_value} END AS range_limit,
  CASE WHEN mad > 0 THEN exp((median + ${robust_z} * mad / 0.6745e0) / 100) - 1 END AS outlier_limit
FROM event_types LEFT JOIN spreads USING (type)
ORDER BY type
