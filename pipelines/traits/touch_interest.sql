-- Millionths of points per person and thing: each touch's even share of the points of its kind, source and day.
-- Inputs: touch_narrow, touch_points. Parameter: $all_no.
SELECT touch_narrow.person_no, touch_narrow.thing_no,
    CAST(sum(CAST(round(CAST(touch_points.points AS DOUBLE) * touch_narrow.touches / touch_points.touches * 1000000) AS BIGINT))
        AS BIGINT) AS micros,
    min(touch_narrow.age_days) AS age_days
FROM touch_narrow
JOIN touch_points
    ON touch_points.person_no = touch_narrow.person_no AND touch_points.kind_no = touch_narrow.kind_no
    AND touch_points.source_no = touch_narrow.source_no AND touch_points.age_days = touch_narrow.age_days
WHERE touch_points.brand_no = $all_no AND touch_points.points > 0
GROUP BY touch_narrow.person_no, touch_narrow.thing_no
