-- One brand per person: which rows of `contender` are still in, and by which key the others lost to which audience.
-- Parameters: $cause_1..4, what the keys that decide between brands are called. The keys stand in the marked places.
WITH contending AS (SELECT * FROM contender WHERE cause IS NULL),
home AS (
    SELECT home_id, brand AS home_brand FROM contending
    QUALIFY row_number() OVER (PARTITION BY home_id ORDER BY /* home_keys */, brand) = 1
),
keyed AS (
    SELECT c.*, /* key_1 */ AS key_1, /* key_2 */ AS key_2, /* key_3 */ AS key_3, /* key_4 */ AS key_4
    FROM contending c JOIN home USING (home_id)
),
champion AS (
    SELECT * FROM keyed
    QUALIFY row_number() OVER (
        PARTITION BY person_id ORDER BY key_1, key_2, key_3, key_4, brand, segment_rank, priority, audience
    ) = 1
)
SELECT c.audience, c.person_id, c.brand, w.audience AS owner, w.brand AS owner_brand,
    CASE
        WHEN c.brand = w.brand THEN NULL
        WHEN c.key_1 <> w.key_1 THEN $cause_1
        WHEN c.key_2 <> w.key_2 THEN $cause_2
        WHEN c.key_3 <> w.key_3 THEN $cause_3
        WHEN c.key_4 <> w.key_4 THEN $cause_4
        ELSE 'brand_name'
    END AS cause
FROM keyed c JOIN champion w USING (person_id)
