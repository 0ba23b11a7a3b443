-- What the points of a person are about; people and values are still numbers. Inputs: interest_value, touch_value.
SELECT interest_value.person_no, interest_value.value_no, interest_value.micros
FROM interest_value
JOIN (SELECT DISTINCT value_no FROM touch_value WHERE dimension IN ('make', 'model', 'body_style', 'condition', 'price_band'))
    USING (value_no)
ORDER BY person_no, value_no
