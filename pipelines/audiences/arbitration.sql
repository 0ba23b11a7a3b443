-- What became of everybody who met an audience's rules.
-- Inputs: eligible(audience, person_id, brand, cause), candidate, audience_rank(audience, segment, segment_rank, priority).
-- Parameters: $cause_1..3, the names of the keys that decide between brands; the keys themselves stand in the marked places.
WITH contender AS (
    SELECT e.audience, e.person_id, e.brand, e.cause, a.segment_rank, a.priority,
        /* key_1 */ AS key_1, /* key_2 */ AS key_2, /* key_3 */ AS key_3
    FROM eligible e JOIN audience_rank a USING (audience) JOIN candidate c ON c.person_id = e.person_id AND c.brand = e.brand
),
champion AS (
    SELECT * FROM contender WHERE cause IS NULL
    QUALIFY row_number() OVER (
        PARTITION BY person_id ORDER BY key_1, key_2, key_3, brand, segment_rank, priority, audience
    ) = 1
)
SELECT c.audience, c.person_id, c.brand,
    CASE WHEN c.cause IS NOT NULL THEN 'excluded' WHEN c.audience = w.audience AND c.brand = w.brand THEN 'member' ELSE 'lost' END
        AS outcome,
    CASE
        WHEN c.cause IS NOT NULL THEN c.cause
        WHEN c.audience = w.audience AND c.brand = w.brand THEN NULL
        WHEN c.brand <> w.brand AND c.key_1 <> w.key_1 THEN $cause_1
        WHEN c.brand <> w.brand AND c.key_2 <> w.key_2 THEN $cause_2
        WHEN c.brand <> w.brand AND c.key_3 <> w.key_3 THEN $cause_3
        WHEN c.brand <> w.brand THEN 'brand_name'
        WHEN c.segment_rank <> w.segment_rank THEN 'segment_priority'
        WHEN c.priority <> w.priority THEN 'audience_priority'
        ELSE 'audience_name'
    END AS cause,
    CASE WHEN c.cause IS NULL AND NOT (c.audience = w.audience AND c.brand = w.brand) THEN w.audience END AS winner
FROM contender c LEFT JOIN champion w USING (person_id)
