-- Touches per person, kind, source and day: of the person as a whole (brand_no $all_no) and of each brand.
-- Input: touch_narrow. Parameter: $all_no.
WITH of_brand AS (
    SELECT person_no, brand_no, kind_no, source_no, age_days, has_other, sum(touches) AS touches
    FROM touch_narrow
    GROUP BY ALL
)
SELECT person_no, CAST($all_no AS TINYINT) AS brand_no, kind_no, source_no, age_days, has_other, CAST(sum(touches) AS INTEGER) AS touches
FROM of_brand
GROUP BY person_no, kind_no, source_no, age_days, has_other
UNION ALL
SELECT person_no, brand_no, kind_no, source_no, age_days, has_other, CAST(touches AS INTEGER)
FROM of_brand
WHERE brand_no IS NOT NULL
