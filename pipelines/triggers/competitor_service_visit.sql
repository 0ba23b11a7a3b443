-- Service visits to shops that are not ours, as third parties tell them. Inputs: touch, member.
-- Parameters: $as_of date; $window_days; $time_zone of the group, whose day counts.
WITH visit AS (
    SELECT DISTINCT
        member.person_id, coalesce(touch.vin, '') AS vin,
        CAST(timezone($time_zone, CAST(touch.occurred_at AS TIMESTAMPTZ)) AS DATE) AS visited_on
    FROM touch
    JOIN member ON member.record_id = touch.record_id
    WHERE touch.kind = 'service_elsewhere' AND touch.rooftop_id IS NULL
)
SELECT
    person_id, vin, CAST(NULL AS VARCHAR) AS rooftop_id, CAST(NULL AS DATE) AS due_on, max(visited_on) AS visited_on,
    date_diff('day', max(visited_on), $as_of) AS days_ago, count(*) AS visits_elsewhere
FROM visit
WHERE date_diff('day', visited_on, $as_of) BETWEEN 0 AND $window_days
GROUP BY person_id, vin
ORDER BY person_id, vin
