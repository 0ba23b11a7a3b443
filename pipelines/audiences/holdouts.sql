-- The arm of each person, by a keyed hash.
-- Inputs: drawn_people(person_id, segment, brand, market_type),
--         arm_slice(segment, experiment, arm, low, high, brand, market_types). Parameters: $seed text, $parts integer.
WITH ticket AS (
    SELECT p.person_id, p.segment, p.brand, p.market_type, t.experiment,
        CAST(md5_number_lower(concat($seed, ':', t.experiment, ':', p.person_id)) % $parts AS BIGINT) AS part
    FROM drawn_people p JOIN (SELECT DISTINCT segment, experiment FROM arm_slice) t ON t.segment = p.segment
),
arms AS (
    SELECT t.person_id, t.segment,
        bool_or(s.experiment = 'global_control') AS is_control,
        string_agg(s.experiment || ':' || s.arm, '|' ORDER BY s.experiment) AS tests
    FROM ticket t
    JOIN arm_slice s ON s.segment = t.segment AND s.experiment = t.experiment AND t.part >= s.low AND t.part < s.high
    WHERE (s.brand IS NULL OR s.brand = t.brand) AND (len(s.market_types) = 0 OR list_contains(s.market_types, t.market_type))
    GROUP BY t.person_id, t.segment
)
SELECT p.person_id, p.segment, CASE WHEN a.is_control THEN 'control' ELSE coalesce(a.tests, 'treatment') END AS arm
FROM drawn_people p LEFT JOIN arms a ON a.person_id = p.person_id AND a.segment = p.segment
