-- Points and touches per person, brand ($all_no: the person as a whole) and kind; kind $repeat_no is the bonus for the same vehicle
-- seen again on another day. Inputs: touch_points, touch_narrow; policy frame intent_weight. Parameters: $repeat_vin_bonus,
-- $all_no, $repeat_no. micros: millionths of a point. days_30d: a bit for each of the last 30 days with a touch.
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
SELECT person_no, brand_no, kind_no, bool_or(is_scored) AS is_scored, CAST(sum(points) * 1000000 AS BIGINT) AS micros,
    CAST(sum(touches) AS BIGINT) AS touches, CAST(coalesce(sum(touches) FILTER (age_days < 30), 0) AS BIGINT) AS touches_30d,
    min(age_days) AS newest_age, max(age_days) AS oldest_age,
    bit_or(CAST(1 AS BIGINT) << CAST(least(age_days, 30) AS BIGINT)) & 1073741823 AS days_30d
FROM touch_points
GROUP BY person_no, brand_no, kind_no
UNION ALL
SELECT person_no, brand_no, CAST($repeat_no AS TINYINT), true, CAST(sum(points) * 1000000 AS BIGINT), count(*), 0,
    min(age_days), max(age_days), 0
FROM bonus
WHERE points > 0
GROUP BY person_no, brand_no
