-- The latest life event of each person. Input: person. Parameters: $as_of date; $life_event_days for which one counts.
-- Events come as event@YYYY-MM-DD; one without a day that exists is passed over.
WITH stated AS (
    SELECT person_id, unnest(life_events) AS stated FROM person
),
dated AS (
    SELECT
        person_id, replace(split_part(stated, '@', 1), '_', ' ') AS event,
        TRY_CAST(split_part(stated, '@', 2) AS DATE) AS event_on
    FROM stated
)
SELECT
    person_id, '' AS vin, CAST(NULL AS VARCHAR) AS rooftop_id, CAST(NULL AS DATE) AS due_on, event, event_on,
    date_diff('day', event_on, $as_of) AS days_ago
FROM dated
WHERE date_diff('day', event_on, $as_of) BETWEEN 0 AND $life_event_days
QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY event_on DESC, event) = 1
ORDER BY person_id
