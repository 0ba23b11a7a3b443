-- Points of a person's and a brand's day by kind and source, capped and decayed; the cap of a source over all days is still to come.
-- Inputs: touch_counted, touch_source; policy frame intent_weight. Caps in turn: the kind on the day, then the source on the day. What is
-- over a cap is taken from all that is under it in proportion. Points are DECIMAL before they are added: the order of rows cannot matter.
WITH shared AS (
    SELECT person_no, brand_no, kind_no, age_days, sum(touches) AS touches
    FROM touch_counted
    WHERE has_other
    GROUP BY ALL
),
counted AS (
    SELECT person_no, brand_no, kind_no, source_no, age_days, touches, touches AS touches_of_kind FROM touch_counted WHERE NOT has_other
    UNION ALL
    SELECT counted.person_no, counted.brand_no, counted.kind_no, counted.source_no, counted.age_days, counted.touches, shared.touches
    FROM touch_counted AS counted
    JOIN shared USING (person_no, brand_no, kind_no, age_days)
    WHERE counted.has_other
),
source AS (
    SELECT source_no, max(per_day) AS per_day FROM touch_source GROUP BY source_no
),
weighed AS (
    SELECT counted.person_no, counted.brand_no, counted.kind_no, counted.source_no, counted.age_days, counted.touches,
        intent_weight.points > 0 AS is_scored, intent_weight.half_life_days,
        CAST(least(cap_per_day, points * touches_of_kind) * touches / touches_of_kind AS DECIMAL(18, 6)) AS day_points
    FROM counted
    JOIN intent_weight ON intent_weight.kind_no = counted.kind_no
),
over_day AS (
    SELECT person_no, brand_no, source_no, age_days, max(source.per_day) / CAST(sum(day_points) AS DOUBLE) AS kept_share
    FROM weighed
    JOIN source USING (source_no)
    GROUP BY person_no, brand_no, source_no, age_days
    HAVING sum(day_points) > max(source.per_day)
)
SELECT person_no, brand_no, kind_no, source_no, age_days, touches, is_scored,
    CAST(CAST(day_points AS DOUBLE) * coalesce(kept_share, 1) * pow(0.5, age_days / half_life_days) AS DECIMAL(18, 6)) AS points
FROM weighed
LEFT JOIN over_day USING (person_no, brand_no, source_no, age_days)
