-- One brand per person: which rows of `contender` are still in, and by which key the others lost to which audience.
-- Parameters: $cause_1..3, what the person's own keys are called; $is_strict, another brand than the household's loses.
-- The keys themselves stand in the marked places.
WITH started AS (SELECT * FROM contender WHERE cause IS NULL AND is_started),
home AS (
    SELECT home_id, brand AS home_brand, audience AS home_audience FROM started
    QUALIFY row_number() OVER (PARTITION BY home_id ORDER BY /* home_keys */, brand, segment_rank, priority, audience) = 1
),
keyed AS (
    SELECT c.*, home.home_brand, home.home_audience, $is_strict AND c.brand <> home.home_brand AS is_shut,
        /* key_1 */ AS key_1, /* key_2 */ AS key_2, /* key_3 */ AS key_3, /* key_4 */ AS key_4,
        /* own_1 */ AS own_1, /* own_2 */ AS own_2, /* own_3 */ AS own_3
    FROM started c JOIN home USING (home_id)
),
champion AS (
    SELECT * FROM keyed WHERE NOT is_shut
    QUALIFY row_number() OVER (
        PARTITION BY person_id ORDER BY key_1, key_2, key_3, key_4, brand, segment_rank, priority, audience
    ) = 1
)
SELECT c.audience, c.person_id, c.brand,
    CASE WHEN c.is_shut THEN c.home_audience ELSE w.audience END AS owner,
    CASE WHEN c.is_shut THEN c.home_brand ELSE w.brand END AS owner_brand,
    CASE
        WHEN c.is_shut THEN 'brand_household'
        WHEN c.brand = w.brand THEN NULL
        -- The household decided where the person alone would have been given this brand instead.
        WHEN row(c.own_1, c.own_2, c.own_3, c.brand) < row(w.own_1, w.own_2, w.own_3, w.brand) THEN 'brand_household'
        WHEN c.own_1 <> w.own_1 THEN $cause_1
        WHEN c.own_2 <> w.own_2 THEN $cause_2
        WHEN c.own_3 <> w.own_3 THEN $cause_3
        ELSE 'brand_name'
    END AS cause
FROM keyed c LEFT JOIN champion w USING (person_id)
UNION ALL
SELECT audience, person_id, brand, NULL, NULL, 'rollout' FROM contender WHERE cause IS NULL AND NOT is_started
