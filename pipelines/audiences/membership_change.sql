-- What became known about everybody who entered or left, between the day before and the day.
-- Inputs: mover(person_id), person, previous_person, member, previous_member, contact_record, previous_contact_record,
--         transaction, previous_transaction, touch, trigger_event, previous_trigger_event, person_identifier, previous_person_identifier,
--         consent_event.
-- Parameter: $as_of date.
WITH lives AS (SELECT person_id, household_id FROM person UNION SELECT person_id, household_id FROM previous_person),
home AS (
    -- Movers and those who share, or shared, their household.
    SELECT person_id, person_id AS who FROM mover
    UNION
    SELECT v.person_id, p.person_id FROM mover v JOIN lives o USING (person_id) JOIN lives p ON p.household_id = o.household_id
),
concerned AS (SELECT DISTINCT who FROM home),
here AS (SELECT record_id, person_id FROM member WHERE person_id IN (SELECT who FROM concerned)),
there AS (SELECT record_id, person_id FROM previous_member WHERE person_id IN (SELECT who FROM concerned)),
-- Records that belonged to one person and belong to another.
passed AS (
    SELECT b.record_id, b.person_id AS was, a.person_id AS now
    FROM previous_member b JOIN member a USING (record_id)
    WHERE b.person_id <> a.person_id
),
exchanged AS (
    SELECT was AS person_id, now AS other, count(*) AS records FROM passed GROUP BY ALL
    UNION ALL SELECT now, was, count(*) FROM passed GROUP BY ALL
),
other AS (
    SELECT person_id, min_by(other, (-records, other)) AS other_person_id
    FROM exchanged WHERE person_id IN (SELECT person_id FROM mover) GROUP BY person_id
),
changed_record AS (
    -- A list that comes again says nothing new; dt is the partition's day, where the engine shows it.
    SELECT record_id FROM (
        SELECT COLUMNS(lambda c: c NOT IN ('updated_at', 'last_seen_on', 'dt')) FROM contact_record WHERE record_id IN (SELECT record_id FROM here)
        EXCEPT
        SELECT COLUMNS(lambda c: c NOT IN ('updated_at', 'last_seen_on', 'dt')) FROM previous_contact_record WHERE record_id IN (SELECT record_id FROM here)
    )
),
-- In both directions: a deal that was unwound or corrected is news, too.
their_record AS (SELECT record_id FROM here UNION SELECT record_id FROM there),
deal AS (
    SELECT transaction_id, record_id, co_record_id, kind, status, occurred_on, vin FROM transaction
    WHERE record_id IN (FROM their_record) OR co_record_id IN (FROM their_record)
),
previous_deal AS (
    SELECT transaction_id, record_id, co_record_id, kind, status, occurred_on, vin FROM previous_transaction
    WHERE record_id IN (FROM their_record) OR co_record_id IN (FROM their_record)
),
changed_deal AS ((SELECT * FROM deal EXCEPT SELECT * FROM previous_deal) UNION ALL (SELECT * FROM previous_deal EXCEPT SELECT * FROM deal)),
dealt AS (SELECT record_id FROM changed_deal UNION SELECT co_record_id FROM changed_deal WHERE co_record_id IS NOT NULL),
news AS (
    SELECT person_id, 'deal' AS what FROM here WHERE record_id IN (SELECT record_id FROM dealt)
    UNION SELECT person_id, 'deal' FROM there WHERE record_id IN (SELECT record_id FROM dealt)
    UNION SELECT person_id, 'record' FROM here WHERE record_id IN (SELECT record_id FROM changed_record)
    UNION SELECT person_id, 'touch' FROM here WHERE record_id IN (SELECT record_id FROM touch)
),
of_home AS (
    SELECT h.person_id,
        bool_or(n.what = 'deal') AS has_deal, bool_or(n.what = 'record' AND n.person_id = h.person_id) AS has_record,
        bool_or(n.what = 'touch' AND n.person_id = h.person_id) AS has_touch
    FROM home h JOIN news n ON n.person_id = h.who GROUP BY h.person_id
),
forgotten AS (
    SELECT DISTINCT m.person_id
    FROM member m JOIN consent_event e ON m.record_id = coalesce(e.record_id, 'web_events:' || e.user_pseudo_id)
    WHERE e.kind = 'deletion' AND e.received_on <= $as_of
),
-- Moments that ended because their last day is over. One that goes on is in force for another vehicle, or anew.
ended AS (
    SELECT person_id, list(DISTINCT "trigger" ORDER BY "trigger") AS triggers
    FROM previous_trigger_event WHERE expires_on < $as_of GROUP BY person_id
),
ended_licence AS (
    SELECT DISTINCT person_id FROM previous_person_identifier WHERE licence_id IS NOT NULL AND licence_expires_on < $as_of
)
SELECT v.person_id,
    p.person_id IS NOT NULL AS is_known, b.person_id IS NOT NULL AS was_known,
    o.other_person_id,
    coalesce(h.has_deal, FALSE) AS has_deal, coalesce(h.has_record, FALSE) AS has_record, coalesce(h.has_touch, FALSE) AS has_touch,
    f.person_id IS NOT NULL AS is_forgotten,
    coalesce(e.triggers, []) AS ended_triggers,
    l.person_id IS NOT NULL AS has_ended_licence
FROM mover v
LEFT JOIN person p USING (person_id)
LEFT JOIN previous_person b USING (person_id)
LEFT JOIN other o USING (person_id)
LEFT JOIN of_home h USING (person_id)
LEFT JOIN forgotten f USING (person_id)
LEFT JOIN ended e USING (person_id)
LEFT JOIN ended_licence l USING (person_id)
ORDER BY v.person_id
