-- What is in force on the day, since when and until when.
-- Inputs: fired (person_id, vin, trigger, rooftop_id, due_on, evidence, sentence, expires_days),
--         earlier (person_id, vin, trigger, fired_on, due_on, last_held_on).
-- Parameters: $as_of date; $same_due_days by which a due date may move and the moment still be the same.
-- While a trigger stays in force it keeps the earliest day on which it fired. Past its last day it fires anew, if it still
-- holds; so it does where its due date moved far, as when a lease was extended.
WITH began AS (
    SELECT fired.person_id, fired.vin, fired."trigger", min(earlier.fired_on) AS fired_on
    FROM fired
    JOIN earlier
        ON earlier.person_id = fired.person_id AND earlier.vin = fired.vin AND earlier."trigger" = fired."trigger"
    WHERE earlier.fired_on < $as_of AND earlier.fired_on + CAST(fired.expires_days AS INTEGER) >= $as_of
        AND coalesce(abs(date_diff('day', earlier.due_on, fired.due_on)) <= $same_due_days, true)
    GROUP BY ALL
),
dated AS (
    SELECT fired.*, coalesce(began.fired_on, $as_of) AS fired_on
    FROM fired
    LEFT JOIN began ON began.person_id = fired.person_id AND began.vin = fired.vin AND began."trigger" = fired."trigger"
)
SELECT
    person_id, vin, "trigger", rooftop_id, $as_of AS as_of, fired_on,
    least(fired_on + CAST(expires_days AS INTEGER), CASE WHEN due_on >= $as_of THEN due_on END) AS expires_on,
    due_on, evidence, sentence
FROM dated
ORDER BY person_id, vin, "trigger"
