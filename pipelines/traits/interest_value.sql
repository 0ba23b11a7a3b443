-- Points per person and thing, once for each value of a dimension that the thing has. Inputs: touch_interest, touch_value.
-- person_value: the person's number above the value's, so that rows are sorted by one number.
SELECT (CAST(person_no AS BIGINT) << 32) | value_no AS person_value, micros, age_days
FROM touch_interest
JOIN touch_value USING (thing_no)
