-- What share of the members that we sent each platform said to hold, per day of a report, newest first. Input: drift until the day.
-- Parameters: $as_of date, $days int.
SELECT platform, day, CAST(least(sum(reported), sum(expected)) AS BIGINT) AS reported, CAST(sum(expected) AS BIGINT) AS expected
FROM drift WHERE day <= $as_of AND day > $as_of - CAST($days AS INTEGER) AND expected > 0
GROUP BY platform, day ORDER BY platform, day DESC
