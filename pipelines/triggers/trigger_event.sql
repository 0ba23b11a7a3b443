-- What is in force on the day, since when and until when.
-- Inputs: fired (person_id, vin, trigger, rooftop_id, due_on, evidence, sentence, expires_days), previous_trigger_event.
-- Parameter: $as_of date.
-- While a trigger stays in force it keeps the day on which it fired. Past its last day it fires anew, if it still holds.
WITH dated AS (
    SELECT
        fired.*,
        CASE
            WHEN before.fired_on < $as_of AND coalesce(before.expires_on, $as_of) >= $as_of THEN before.fired_on ELSE $as_of
        END AS fired_on
    FROM fired
    LEFT JOIN previous_trigger_event AS before
        ON before.person_id = fired.person_id AND before.vin = fired.vin AND before."trigger" = fired."trigger"
)
SELECT
    person_id, vin, "trigger", rooftop_id, fired_on,
    least(fired_on + CAST(expires_days AS INTEGER), CASE WHEN due_on >= $as_of THEN due_on END) AS expires_on,
    due_on, evidence, sentence
FROM dated
ORDER BY person_id, vin, "trigger"
