-- What to remember for tomorrow: all that is in force, and what was until a few days ago.
-- Inputs: in_force (trigger_event of the day), earlier (person_id, vin, trigger, fired_on, due_on, last_held_on).
-- Parameters: $as_of date; $rest_days.
WITH resting AS (
    SELECT
        person_id, vin, "trigger", min(fired_on) AS fired_on, max_by(due_on, (last_held_on, fired_on)) AS due_on,
        max(last_held_on) AS last_held_on
    FROM earlier
    WHERE last_held_on >= CAST($as_of AS DATE) - CAST($rest_days AS INTEGER)
    GROUP BY person_id, vin, "trigger"
)
SELECT person_id, vin, "trigger", fired_on, due_on, $as_of AS last_held_on, $as_of AS noted_on
FROM in_force
UNION ALL
SELECT resting.*, $as_of AS noted_on
FROM resting
ANTI JOIN in_force
    ON in_force.person_id = resting.person_id AND in_force.vin = resting.vin AND in_force."trigger" = resting."trigger"
ORDER BY person_id, vin, "trigger"
