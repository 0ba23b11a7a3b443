-- The window's touches that count, as numbers. Inputs: touch_window, touch_shopper, touch_source, touch_thing, touch_same_act.
-- Parameter: $lead_no, the number of the kind lead.
SELECT
    touch_shopper.person_no, touch_window.kind_no, touch_source.source_no, touch_source.has_other, touch_window.age_days,
    touch_thing.thing_no, touch_thing.vin_no, touch_thing.brand_no, touch_window.touches
FROM touch_window
JOIN touch_source USING (feed, source, kind_no)
JOIN touch_thing USING (thing_hash)
JOIN touch_shopper ON touch_shopper.record_id = touch_window.record_id AND touch_shopper.is_counted
LEFT JOIN touch_same_act
    ON touch_window.kind_no = $lead_no AND touch_same_act.record_id = touch_window.record_id
    AND touch_same_act.age_days = touch_window.age_days
WHERE touch_same_act.record_id IS NULL
