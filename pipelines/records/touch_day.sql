-- Touches taken in on the day, counted per record, local day and thing looked at.
-- Input: touch (day). Parameter: $time_zone of the group. Sorted by every column that is grouped, the local day first, so that
-- a window of days touches few row groups. Moments leave as naive UTC.
SELECT
    record_id,
    CAST(timezone($time_zone, occurred_at) AS DATE) AS local_day,
    feed, kind, source, rooftop_id, vin, make, model, body_style, condition, price,
    count(*) AS touches,
    timezone('UTC', min(occurred_at)) AS first_at,
    timezone('UTC', max(occurred_at)) AS last_at
FROM touch
GROUP BY ALL
ORDER BY local_day, record_id, feed, kind, vin, rooftop_id, source, make, model, body_style, condition, price
