-- Points per person and value of a dimension. Inputs: touch_interest, touch_value. Two numbers as one group faster than two.
SELECT CAST(pair >> 32 AS INTEGER) AS person_no, CAST(pair & 4294967295 AS INTEGER) AS value_no, CAST(micros AS BIGINT) AS micros, age_days
FROM (
    SELECT (CAST(person_no AS BIGINT) << 32) | value_no AS pair, sum(micros) AS micros, min(age_days) AS age_days
    FROM touch_interest
    JOIN touch_value USING (thing_no)
    GROUP BY pair
)
