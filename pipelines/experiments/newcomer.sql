-- People whose first exposure to a test is today: one row per person and test, with the unit and the stratum of its first person.
-- Inputs: concerned(person_id, audience, segment, brand, market, relation, home_id, cluster, test), test_card, carried, arm_card.
-- Parameters: $seed text.
WITH first_seen AS (
    SELECT c.person_id, c.test, c.brand, c.market, c.relation,
        CASE t.unit WHEN 'household' THEN c.home_id WHEN 'cluster' THEN c.cluster ELSE c.person_id END AS unit_id, t.strata, t.design
    FROM concerned c JOIN test_card t USING (test)
    WHERE t.is_in_force
    QUALIFY row_number() OVER (PARTITION BY c.person_id, c.test ORDER BY c.segment DESC, c.brand, c.audience) = 1
),
fresh AS (
    SELECT f.*, md5_number_lower(concat($seed, ':', f.test, ':', f.unit_id)) AS unit_key
    FROM first_seen f ANTI JOIN carried h ON h.person_id = f.person_id AND h.test = f.test
),
-- Somebody else of the unit may be in an arm already; where they are in two, the one held back speaks, then the older.
known AS (
    SELECT h.test, h.unit_id, h.arm, h.stratum, h.slot, h.design,
        min(h.arm) OVER mine <> max(h.arm) OVER mine AS is_met
    FROM carried h JOIN arm_card a ON a.test = h.test AND a.arm = h.arm
    WHERE (h.test, h.unit_id) IN (SELECT (test, unit_id) FROM fresh)
    WINDOW mine AS (PARTITION BY h.test, h.unit_id)
    QUALIFY row_number() OVER (
        PARTITION BY h.test, h.unit_id ORDER BY NOT a.is_held_back, h.assigned_on, h.person_id
    ) = 1
),
told AS (
    SELECT f.*,
        array_to_string(list_transform(f.strata, lambda part: CASE part
            WHEN 'brand' THEN coalesce(f.brand, '-') WHEN 'market' THEN coalesce(f.market, '-') ELSE f.relation END), '|') AS own_stratum
    FROM fresh f
),
-- The stratum of a unit is that of its first person of the day, by the key of the person.
placed AS (
    SELECT t.*, first_value(t.own_stratum) OVER (
        PARTITION BY t.test, t.unit_id ORDER BY md5_number_lower(concat($seed, ':', t.test, ':', t.person_id)), t.person_id
    ) AS unit_stratum
    FROM told t
),
begun AS (SELECT test, stratum, max(slot) + 1 AS next_slot FROM carried GROUP BY test, stratum)
SELECT p.person_id, p.test, p.unit_id, coalesce(k.stratum, p.unit_stratum) AS stratum, k.arm,
    coalesce(k.slot, coalesce(b.next_slot, 0) - 1 + dense_rank() OVER (
        PARTITION BY p.test, k.arm IS NULL, p.unit_stratum ORDER BY p.unit_key, p.unit_id
    )) AS slot,
    coalesce(k.design, p.design) AS design, coalesce(k.is_met, FALSE) AS is_met
FROM placed p
LEFT JOIN known k ON k.test = p.test AND k.unit_id = p.unit_id
LEFT JOIN begun b ON b.test = p.test AND b.stratum = p.unit_stratum
