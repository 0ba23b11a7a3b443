-- What each kind, source and day brings to a score. Inputs: touch_capped, touch_source. The last cap: a source over all days.
WITH source AS (
    SELECT source_no, max(in_all) AS in_all FROM touch_source GROUP BY source_no
),
over_all AS (
    SELECT person_no, brand_no, source_no, max(source.in_all) / CAST(sum(points) AS DOUBLE) AS kept_share
    FROM touch_capped
    JOIN source USING (source_no)
    GROUP BY person_no, brand_no, source_no
    HAVING sum(points) > max(source.in_all)
)
SELECT touch_capped.* REPLACE (
    CASE WHEN kept_share IS NULL THEN points ELSE CAST(CAST(points AS DOUBLE) * kept_share AS DECIMAL(18, 6)) END AS points)
FROM touch_capped
LEFT JOIN over_all USING (person_no, brand_no, source_no)
