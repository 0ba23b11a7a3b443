-- Shopping intent per person and brand, and for the person as a whole (brand = 'all').
-- Inputs: scored_touch; policy frame intent_weight.
-- Parameters: $as_of date; $repeat_vin_bonus points for a vehicle viewed on more than one day; $hot_from, $warm_from points.
-- Points are cast to DECIMAL before they are added, so that the order of rows cannot matter.
WITH concerning AS (
    SELECT person_id, 'all' AS brand, kind, local_day, vin, touches FROM scored_touch
    UNION ALL
    SELECT person_id, brand, kind, local_day, vin, touches FROM scored_touch WHERE brand IS NOT NULL
),
kind_day AS (
    SELECT
        on_day.*, date_diff('day', on_day.local_day, $as_of) AS age_days, intent_weight.points AS points_each,
        CAST(
            least(intent_weight.cap_per_day, intent_weight.points * on_day.touches)
            * pow(0.5, date_diff('day', on_day.local_day, $as_of) / intent_weight.half_life_days) AS DECIMAL(18, 6)
        ) AS points
    FROM (
        SELECT person_id, brand, kind, local_day, sum(touches) AS touches
        FROM concerning
        GROUP BY person_id, brand, kind, local_day
    ) AS on_day
    JOIN intent_weight ON intent_weight.kind = on_day.kind
),
repeated AS (
    SELECT person_id, brand, vin, date_diff('day', max(local_day), $as_of) AS age_days
    FROM concerning
    WHERE vin IS NOT NULL AND kind IN ('vdp_view', 'third_party_vdp')
    GROUP BY person_id, brand, vin
    HAVING count(DISTINCT local_day) > 1
),
kind_points AS (
    SELECT person_id, brand, kind, points FROM kind_day
    UNION ALL
    SELECT
        repeated.person_id, repeated.brand, 'vdp_view',
        CAST($repeat_vin_bonus * pow(0.5, repeated.age_days / intent_weight.half_life_days) AS DECIMAL(18, 6))
    FROM repeated
    JOIN intent_weight ON intent_weight.kind = 'vdp_view' AND intent_weight.points > 0
),
kind_total AS (
    SELECT person_id, brand, kind, sum(points) AS points FROM kind_points GROUP BY person_id, brand, kind
),
driver AS (
    SELECT person_id, brand, kind, points, sum(points) OVER (PARTITION BY person_id, brand) AS score
    FROM kind_total
    QUALIFY row_number() OVER (PARTITION BY person_id, brand ORDER BY points DESC, kind) = 1
),
counted AS (
    SELECT
        person_id, brand,
        coalesce(sum(touches) FILTER (points_each > 0 AND age_days < 30), 0) AS touches_30d,
        count(DISTINCT local_day) FILTER (points_each > 0 AND age_days < 30) AS active_days_30d,
        coalesce(sum(touches) FILTER (age_days < 30 AND kind IN ('vdp_view', 'third_party_vdp')), 0) AS vdp_views_30d,
        coalesce(sum(touches) FILTER (age_days < 30 AND kind = 'payment_tool'), 0) AS payment_tool_30d,
        coalesce(
            sum(touches) FILTER (
                age_days < 30
                AND kind IN ('form_sales', 'form_trade', 'form_credit', 'form_test_drive', 'lead', 'lead_third_party')
            ), 0
        ) AS forms_30d,
        coalesce(sum(touches) FILTER (age_days < 30 AND kind = 'call_sales'), 0) AS calls_30d,
        coalesce(
            sum(touches) FILTER (
                age_days < 30
                AND kind IN ('lead_third_party', 'third_party_vdp', 'third_party_search', 'third_party_signal')
            ), 0
        ) AS third_party_30d,
        min(local_day) FILTER (points_each > 0) AS first_touch_on,
        max(local_day) FILTER (points_each > 0) AS last_touch_on
    FROM kind_day
    GROUP BY person_id, brand
    HAVING bool_or(points_each > 0)
)
SELECT
    counted.*,
    CAST(driver.score AS DOUBLE) AS score,
    CASE WHEN driver.score >= $hot_from THEN 'hot' WHEN driver.score >= $warm_from THEN 'warm' ELSE 'cold' END AS tier,
    CASE WHEN driver.points > 0 THEN driver.kind END AS top_driver,
    CASE WHEN driver.points > 0 THEN round(CAST(driver.points AS DOUBLE) / CAST(driver.score AS DOUBLE), 6) END
        AS top_driver_share
FROM counted
JOIN driver ON driver.person_id = counted.person_id AND driver.brand = counted.brand
ORDER BY counted.person_id, counted.brand
