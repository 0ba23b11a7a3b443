-- What each kind, source and day brings to a score, once more the bonus (kind $repeat_no) for the same vehicle seen again on another day.
-- Inputs: touch_points, touch_narrow; policy frame intent_weight. Parameters: $repeat_vin_bonus, $all_no, $repeat_no.
-- driver: person, brand ($all_no: the person as a whole) and kind as one number, so that rows are sorted by one. micros: millionths of a
-- point.
WITH seen AS (
    SELECT person_no, vin_no, brand_no, min(age_days) AS newest, max(age_days) AS oldest
    FROM touch_narrow
    JOIN intent_weight USING (kind_no)
    WHERE vin_no IS NOT NULL AND intent_weight.kind IN ('vdp_view', 'third_party_vdp')
    GROUP BY ALL
),
repeated AS (
    SELECT person_no, CAST($all_no AS TINYINT) AS brand_no, min(newest) AS age_days
    FROM seen
    GROUP BY person_no, vin_no
    HAVING min(newest) < max(oldest)
    UNION ALL
    SELECT person_no, brand_no, newest FROM seen WHERE newest < oldest AND brand_no IS NOT NULL
),
bonus AS (
    SELECT repeated.*, CAST($repeat_vin_bonus * pow(0.5, age_days / half_life_days) AS DECIMAL(18, 6)) AS points
    FROM repeated
    JOIN intent_weight ON intent_weight.kind = 'vdp_view' AND intent_weight.points > 0
)
SELECT (CAST(person_no AS BIGINT) << 16) | (CAST(brand_no AS BIGINT) << 8) | kind_no AS driver, is_scored,
    CAST(points * 1000000 AS BIGINT) AS micros, touches, age_days
FROM touch_points
UNION ALL
SELECT (CAST(person_no AS BIGINT) << 16) | (CAST(brand_no AS BIGINT) << 8) | CAST($repeat_no AS BIGINT), true,
    CAST(points * 1000000 AS BIGINT), 1, age_days
FROM bonus
WHERE points > 0
