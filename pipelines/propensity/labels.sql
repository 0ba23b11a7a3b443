-- What followed a past day: who bought here within the horizon, and whose deal was already being written on the day.
-- Inputs: deal, known_record. Parameters: $cutoff date; $horizon_days.
SELECT
    k.person_id,
    bool_or(d.occurred_on > $cutoff AND d.occurred_on <= $cutoff + CAST($horizon_days AS INTEGER)) AS has_bought,
    bool_or(d.occurred_on > $cutoff AND d.opened_on <= $cutoff) AS has_decided
FROM deal d
JOIN known_record k ON k.record_id = d.record_id
WHERE d.occurred_on > $cutoff
GROUP BY k.person_id
ORDER BY k.person_id
