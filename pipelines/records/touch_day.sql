-- Touches taken in on the day, counted per record, local day and thing looked at.
-- Input: touch (day). Parameter: $time_zone of the group. of_record and of_thing only give rows an order: numbers sort in a third of
-- the time of twelve texts.
WITH here AS (
    SELECT *, timezone($time_zone, occurred_at) AS local_at FROM touch
)
SELECT
    CAST(local_at AS DATE) AS local_day, record_id,
    feed, kind, vin, rooftop_id, source, make, model, body_style, CAST(condition AS VARCHAR) AS condition, price,
    count(*) AS touches,
    CAST(min(date_part('hour', local_at) * 60 + date_part('minute', local_at)) AS SMALLINT) AS first_minute,
    CAST(max(date_part('hour', local_at) * 60 + date_part('minute', local_at)) AS SMALLINT) AS last_minute,
    hash(record_id) AS of_record,
    hash(feed, kind, vin, rooftop_id, source, make, model, body_style, CAST(condition AS VARCHAR), price) AS of_thing
FROM here
GROUP BY ALL
