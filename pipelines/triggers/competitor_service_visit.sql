-- Service visits to shops that are not ours, as third parties tell them. Inputs: touch_day, member.
-- Parameters: $as_of date; $window_days. A visit told twice for one day and vehicle is one.
WITH visit AS (
    SELECT DISTINCT member.person_id, coalesce(touch_day.vin, '') AS vin, touch_day.local_day AS visited_on
    FROM touch_day
    JOIN member ON member.record_id = touch_day.record_id
    WHERE touch_day.kind = 'service_elsewhere' AND touch_day.rooftop_id IS NULL
)
SELECT
    person_id, vin, CAST(NULL AS VARCHAR) AS rooftop_id, CAST(NULL AS DATE) AS due_on, max(visited_on) AS visited_on,
    date_diff('day', max(visited_on), $as_of) AS days_ago, count(*) AS visits_elsewhere
FROM visit
WHERE date_diff('day', visited_on, $as_of) BETWEEN 0 AND $window_days
GROUP BY person_id, vin
ORDER BY person_id, vin
