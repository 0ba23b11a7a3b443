-- Vehicles bought or leased that have been held for the months of the trade-in cycle. Input: garage.
-- Parameters: $as_of date; $months_from, $months_to whole calendar months, the last one included.
SELECT
    person_id, vin, rooftop_id, CAST(NULL AS DATE) AS due_on, since AS held_since,
    date_diff('month', since, $as_of)
        - CASE WHEN since + INTERVAL (date_diff('month', since, $as_of)) MONTH > $as_of THEN 1 ELSE 0 END AS months_held
FROM garage
WHERE is_current AND relation IN ('bought', 'leased')
    AND since + INTERVAL ($months_from) MONTH <= $as_of
    AND since + INTERVAL ($months_to + 1) MONTH > $as_of
ORDER BY person_id, vin
