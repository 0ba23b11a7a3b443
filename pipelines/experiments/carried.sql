-- The arms that people bring with them: those of the day before, under the ids of today.
-- Inputs: previous_assignment, retired_person, id_event (of the day), test_card, arm_card.
-- Parameters: $as_of date, $control_wins bool, $redraw bool.
WITH known AS (
    SELECT p.* FROM previous_assignment p
    JOIN arm_card a ON a.test = p.test AND a.arm = p.arm
    JOIN test_card t ON t.test = p.test
    WHERE NOT $redraw OR t.design = p.design
),
living AS (
    -- An id that was retired into nobody is nobody's.
    SELECT p.* EXCLUDE (person_id, from_person),
        coalesce(r.person_id, p.person_id) AS person_id,
        CASE WHEN r.retired_person_id IS NULL THEN p.from_person ELSE p.person_id END AS from_person,
        p.person_id AS told_by, r.retired_person_id IS NULL AS is_own
    FROM known p LEFT JOIN retired_person r ON r.retired_person_id = p.person_id
    WHERE r.retired_person_id IS NULL OR r.person_id IS NOT NULL
),
origin AS (
    SELECT person_id, min(other_person_id) AS other_person_id FROM id_event
    WHERE kind = 'split' AND other_person_id IS NOT NULL GROUP BY person_id
),
-- Who was made of another's records was treated as the other was.
split AS (
    SELECT l.* REPLACE (o.person_id AS person_id, l.person_id AS from_person, FALSE AS is_own)
    FROM origin o JOIN living l ON l.person_id = o.other_person_id
    WHERE NOT EXISTS (SELECT 1 FROM living h WHERE h.person_id = o.person_id AND h.test = l.test)
),
every AS (SELECT * FROM living UNION ALL BY NAME SELECT * FROM split),
met AS (
    SELECT e.*,
        min(contaminated_on) OVER mine AS first_met_on, min(e.arm) OVER mine <> max(e.arm) OVER mine AS is_met,
        row_number() OVER (
            PARTITION BY e.person_id, e.test
            ORDER BY CASE WHEN $control_wins AND NOT a.is_held_back THEN 1 ELSE 0 END, e.assigned_on, NOT is_own, told_by
        ) AS place
    FROM every e JOIN arm_card a ON a.test = e.test AND a.arm = e.arm
    WINDOW mine AS (PARTITION BY e.person_id, e.test)
)
SELECT person_id, test, arm, unit_id, stratum, slot, assigned_on, design, from_person,
    coalesce(first_met_on, CASE WHEN is_met THEN $as_of END) AS contaminated_on
FROM met WHERE place = 1
