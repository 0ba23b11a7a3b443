-- The window's touches that count, as numbers, in any order. Inputs: touch_window, touch_shopper, touch_source, touch_thing,
-- touch_same_act. Parameter: $lead_no, the number of the kind lead.
SELECT
    CAST(touch_shopper.person_no AS BIGINT) AS person, CAST(touch_window.kind_no AS BIGINT) AS kind,
    CAST(touch_source.source_no AS BIGINT) AS source, CAST(touch_window.age_days AS BIGINT) AS age,
    CAST(touch_thing.thing_no AS BIGINT) AS thing, CAST(touch_window.touches AS BIGINT) AS touches
FROM touch_window
JOIN touch_source USING (feed, source, kind_no)
JOIN touch_thing USING (thing_hash)
JOIN touch_shopper ON touch_shopper.record_id = touch_window.record_id AND touch_shopper.is_counted
LEFT JOIN touch_same_act
    ON touch_window.kind_no = $lead_no AND touch_same_act.record_id = touch_window.record_id
    AND touch_same_act.age_days = touch_window.age_days
WHERE touch_same_act.record_id IS NULL
