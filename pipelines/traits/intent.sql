-- Shopping intent per person and brand, and for the person as a whole; people, brands and kinds are still numbers.
-- Inputs: touch_driver; policy frame intent_kind(kind_no, is_vehicle_page, is_payment, is_form, is_call, is_third_party).
-- Parameters: $as_of date; $hot_from, $warm_from points.
WITH counted AS (
    SELECT
        person_no, brand_no, sum(points) AS score, max(CAST(points * 1000000 AS BIGINT) * 256 + 255 - kind_no) AS top,
        CAST(coalesce(sum(touches_30d) FILTER (is_scored), 0) AS BIGINT) AS touches_30d,
        bit_count(coalesce(bit_or(days_30d) FILTER (is_scored), 0)) AS active_days_30d,
        CAST(coalesce(sum(touches_30d) FILTER (is_vehicle_page), 0) AS BIGINT) AS vdp_views_30d,
        CAST(coalesce(sum(touches_30d) FILTER (is_payment), 0) AS BIGINT) AS payment_tool_30d,
        CAST(coalesce(sum(touches_30d) FILTER (is_form), 0) AS BIGINT) AS forms_30d,
        CAST(coalesce(sum(touches_30d) FILTER (is_call), 0) AS BIGINT) AS calls_30d,
        CAST(coalesce(sum(touches_30d) FILTER (is_third_party), 0) AS BIGINT) AS third_party_30d,
        CAST(max(oldest_age) FILTER (is_scored) AS INTEGER) AS oldest_age,
        CAST(min(newest_age) FILTER (is_scored) AS INTEGER) AS newest_age
    FROM touch_driver
    JOIN intent_kind USING (kind_no)
    GROUP BY person_no, brand_no
    HAVING bool_or(is_scored)
)
SELECT
    counted.* EXCLUDE (top, oldest_age, newest_age) REPLACE (CAST(score AS DOUBLE) AS score),
    CASE WHEN score >= $hot_from THEN 'hot' WHEN score >= $warm_from THEN 'warm' ELSE 'cold' END AS tier,
    $as_of - oldest_age AS first_touch_on, $as_of - newest_age AS last_touch_on,
    CASE WHEN top >= 256 THEN CAST(255 - top % 256 AS INTEGER) END AS kind_no,
    CASE WHEN top >= 256 THEN round(CAST(top // 256 AS DOUBLE) / 1000000 / CAST(score AS DOUBLE), 6) END AS top_driver_share
FROM counted
ORDER BY person_no, brand_no
