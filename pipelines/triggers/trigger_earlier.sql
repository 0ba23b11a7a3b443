-- What was in force before, under the persons of today. Inputs: previous_trigger_memory, retired_person, id_event.
-- Parameters: $as_of date; $rest_days for which a moment that stopped holding is remembered.
-- A person who was absorbed by another leaves them what was in force. Where records went from one living person to another,
-- moments of vehicles go with them; moments of the person do not. Somebody with no heir is forgotten.
WITH heard AS (
    SELECT * FROM previous_trigger_memory
    WHERE last_held_on = noted_on OR last_held_on >= CAST($as_of AS DATE) - CAST($rest_days AS INTEGER)
),
parted AS (
    SELECT DISTINCT person_id, other_person_id FROM id_event WHERE kind IN ('split', 'move') AND other_person_id IS NOT NULL
)
SELECT
    CASE WHEN heir.retired_person_id IS NULL THEN heard.person_id ELSE heir.person_id END AS person_id,
    heard.vin, heard."trigger", heard.fired_on, heard.due_on, heard.last_held_on
FROM heard
LEFT JOIN retired_person AS heir ON heir.retired_person_id = heard.person_id
WHERE heir.retired_person_id IS NULL OR heir.person_id IS NOT NULL
UNION ALL
SELECT parted.person_id, heard.vin, heard."trigger", heard.fired_on, heard.due_on, heard.last_held_on
FROM heard
JOIN parted ON parted.other_person_id = heard.person_id
WHERE heard.vin <> ''
