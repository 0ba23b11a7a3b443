-- How often the people of each campaign saw it. Inputs: touch until the day, member. Parameters: $since, $until moments in UTC (the
-- last one excluded), $times contacts of the target. A row of exposures is one contact, however many impressions it counts.
WITH seen AS (
  SELECT regexp_extract(source, '^[^:]*:(.*)$', 1) AS cell, split_part(source, ':', 1) AS channel, person_id, count(*) AS contacts
  FROM touch JOIN member USING (record_id)
  WHERE kind = 'exposure' AND source IS NOT NULL AND contains(source, ':') AND occurred_at >= $since AND occurred_at < $until
  GROUP BY ALL
)
SELECT cell, channel, count(*) AS people, CAST(sum(contacts) AS BIGINT) AS contacts, count(*) FILTER (contacts >= $times) AS people_three_times
FROM seen GROUP BY cell, channel ORDER BY cell, channel
