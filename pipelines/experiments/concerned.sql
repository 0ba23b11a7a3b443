-- Whom a test concerns today: members of its segment, brand, market types and audiences; who is held back above it is not.
-- A test by clusters concerns only those who live in one.
-- Inputs: exposed(person_id, audience, segment, brand, market, market_type, zip), person, geo_cluster, test_card, held_above(person_id, segment).
-- Parameters: $as_of date, $edges list of years as a customer.
WITH known AS (
    SELECT e.*, coalesce(p.household_id, e.person_id) AS home_id, g.cluster,
        CASE WHEN p.customer_since IS NULL OR p.customer_since > $as_of THEN 'none'
            ELSE 'years_' || len(list_filter($edges, lambda edge: edge * 365.25 <= date_diff('day', p.customer_since, $as_of)))
        END AS relation
    FROM exposed e LEFT JOIN person p USING (person_id) LEFT JOIN geo_cluster g ON g.segment = e.segment AND g.zip = e.zip
)
SELECT k.*, t.test FROM known k JOIN test_card t ON list_contains(t.segments, k.segment)
WHERE (t.brand IS NULL OR t.brand = k.brand)
    AND (len(t.market_types) = 0 OR list_contains(t.market_types, k.market_type))
    AND (len(t.audiences) = 0 OR list_contains(t.audiences, k.audience))
    AND (t.is_control OR NOT EXISTS (SELECT 1 FROM held_above h WHERE h.person_id = k.person_id AND h.segment = k.segment))
    AND (t.unit <> 'cluster' OR k.cluster IS NOT NULL)
