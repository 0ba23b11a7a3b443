-- The arm of each member as one text: control, treatment, or `test:arm` joined by | in alphabetical order.
-- Inputs: exposed, assigned(person_id, test, arm), dark_zip(segment, zip, role), test_card.
WITH geo AS (
    SELECT e.audience, e.person_id, 'geo_' || e.segment || ':geo_' || d.role AS told
    FROM exposed e JOIN dark_zip d ON d.segment = e.segment AND d.zip = e.zip
),
-- Whoever was drawn for a test stays in it, also where the person has since come under a hold-out that stands above it.
tests AS (
    SELECT e.audience, e.person_id, a.test || ':' || a.arm AS told
    FROM exposed e JOIN assigned a USING (person_id) JOIN test_card t ON t.test = a.test AND NOT t.is_control AND t.is_in_force
    WHERE a.arm <> 'outside' AND list_contains(t.segments, e.segment) AND (t.brand IS NULL OR t.brand = e.brand)
        AND (len(t.market_types) = 0 OR list_contains(t.market_types, e.market_type))
        AND (len(t.audiences) = 0 OR list_contains(t.audiences, e.audience))
),
joined AS (
    SELECT audience, person_id, string_agg(DISTINCT told, '|' ORDER BY told) AS told
    FROM (SELECT * FROM geo UNION ALL SELECT * FROM tests) GROUP BY audience, person_id
),
controls AS (
    SELECT person_id FROM assigned JOIN test_card t USING (test) WHERE t.is_control AND t.is_in_force AND arm = 'control'
)
SELECT DISTINCT e.audience, e.person_id,
    CASE WHEN c.person_id IS NOT NULL THEN 'control' ELSE coalesce(j.told, 'treatment') END AS arm
FROM exposed e
LEFT JOIN controls c USING (person_id)
LEFT JOIN joined j ON j.audience = e.audience AND j.person_id = e.person_id
