-- Points per person and priced thing. Inputs: touch_interest, touch_thing.
SELECT touch_interest.person_no, touch_thing.price, touch_interest.micros
FROM touch_interest
JOIN touch_thing USING (thing_no)
WHERE touch_thing.price > 0
