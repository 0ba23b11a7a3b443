-- Anniversaries of the purchase within the notice. Input: garage. Parameters: $as_of date; $notice_days, $years_to.
-- Years are counted from the day itself, so that 29 February comes back in leap years and is the 28th in others.
WITH turn AS (
    SELECT
        person_id, vin, rooftop_id, since,
        unnest([date_part('year', CAST($as_of AS DATE)), date_part('year', CAST($as_of AS DATE)) + 1])
            - date_part('year', since) AS years
    FROM garage
    WHERE is_current AND relation IN ('bought', 'leased') AND since <= $as_of
),
dated AS (
    SELECT *, CAST(since + INTERVAL (years) YEAR AS DATE) AS due_on FROM turn
)
SELECT
    person_id, vin, rooftop_id, due_on, years, date_diff('day', $as_of, due_on) AS days_left, since AS held_since
FROM dated
WHERE years BETWEEN 1 AND $years_to AND date_diff('day', $as_of, due_on) BETWEEN 0 AND $notice_days
ORDER BY person_id, vin
