-- What brought a score its points, by person, brand and kind. Input: touch_driver. micros: millionths of a point.
SELECT person_no, brand_no, kind_no, CAST(touches AS BIGINT) AS touches, CAST(points * 1000000 AS BIGINT) AS micros,
    CAST(oldest_age AS INTEGER) AS oldest_age
FROM touch_driver
WHERE points > 0
ORDER BY person_no, brand_no, kind_no
