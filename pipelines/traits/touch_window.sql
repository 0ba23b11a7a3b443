-- The touches of the intent window that may score, without what they concern. Inputs: touch_day; policy frame intent_weight(kind,
-- kind_no). Parameters: $starts_on, $as_of. thing_hash stands for the seven columns of a thing; of a million things two share a
-- 64-bit hash with a chance of 3 in 100 million.
SELECT
    touch_day.record_id, intent_weight.kind_no, touch_day.feed, coalesce(touch_day.source, '') AS source,
    CAST(date_diff('day', touch_day.local_day, $as_of) AS SMALLINT) AS age_days,
    hash(touch_day.rooftop_id, touch_day.vin, touch_day.make, touch_day.model, touch_day.body_style, touch_day.condition,
        touch_day.price) AS thing_hash,
    CAST(touch_day.touches AS INTEGER) AS touches
FROM touch_day
JOIN intent_weight ON intent_weight.kind = touch_day.kind
WHERE touch_day.local_day BETWEEN $starts_on AND $as_of
