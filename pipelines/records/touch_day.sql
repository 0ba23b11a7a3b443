-- Touches taken in on the day, counted per record, local day and thing looked at.
-- Input: touch (day). Parameter: $time_zone of the group. of_row only gives the rows of a day an order, those of a record together: one
-- number sorts in a fraction of the time of twelve texts. Its upper half is of the record, its lower half of the thing; that two rows of
-- five million share it has a chance of 1 in a million.
WITH here AS (
    SELECT *, timezone($time_zone, occurred_at) AS local_at FROM touch
)
SELECT
    CAST(local_at AS DATE) AS local_day, record_id,
    feed, kind, vin, rooftop_id, source, make, model, body_style, CAST(condition AS VARCHAR) AS condition, price,
    count(*) AS touches,
    CAST(min(date_part('hour', local_at) * 60 + date_part('minute', local_at)) AS SMALLINT) AS first_minute,
    CAST(max(date_part('hour', local_at) * 60 + date_part('minute', local_at)) AS SMALLINT) AS last_minute,
    (hash(record_id) & CAST(18446744069414584320 AS UBIGINT)) | (
        hash(feed, kind, vin, rooftop_id, source, make, model, body_style, CAST(condition AS VARCHAR), price)
        & CAST(4294967295 AS UBIGINT)) AS of_row
FROM here
GROUP BY ALL
