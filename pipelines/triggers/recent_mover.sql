-- People who moved a short while ago. Input: residence. Parameters: $as_of date; $window_days, $miles_from,
-- $gap_days_to between the two sights: beyond it nobody knows whether the move was recent.
SELECT
    person_id, '' AS vin, CAST(NULL AS VARCHAR) AS rooftop_id, CAST(NULL AS DATE) AS due_on, moved_on,
    date_diff('day', moved_on, $as_of) AS days_ago, moved_after, miles_moved, CAST(basis AS VARCHAR) AS basis
FROM residence
WHERE date_diff('day', moved_on, $as_of) BETWEEN 0 AND $window_days AND coalesce(miles_moved >= $miles_from, true)
    AND coalesce(date_diff('day', moved_after, moved_on) <= $gap_days_to, true)
ORDER BY person_id
