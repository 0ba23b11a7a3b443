-- Touches of the intent window that score, per person and local day, with repeats of one kind on one thing counted.
-- Inputs: touch, member; policy frames own_make(make, brand), rooftop_brand(rooftop_id, brand),
--         intent_weight(kind, points, half_life_days, cap_per_day).
-- Parameters: $as_of date; $starts_at, $ends_at the window in UTC, end excluded; $time_zone of the group;
--             $bot_touches_per_day above which a web client is a machine.
-- points: capped and decayed points of the row, the day's capped points of the kind shared evenly over its touches.
-- A form sent on our own site comes back as a lead of that site: the lead of the same person, day and rooftop is the same act.
WITH windowed AS (
    SELECT
        record_id, feed, kind, rooftop_id, make, model, body_style, condition, vin, price,
        CAST(occurred_at AT TIME ZONE $time_zone AS DATE) AS local_day
    FROM touch
    WHERE occurred_at >= $starts_at AND occurred_at < $ends_at
),
bot AS (
    SELECT record_id FROM windowed WHERE feed = 'web_events' GROUP BY record_id, local_day HAVING count(*) > $bot_touches_per_day
),
own AS (
    SELECT member.person_id, windowed.*
    FROM windowed
    JOIN intent_weight ON intent_weight.kind = windowed.kind
    JOIN member ON member.record_id = windowed.record_id
    WHERE windowed.record_id NOT IN (SELECT record_id FROM bot)
),
form AS (
    SELECT DISTINCT person_id, local_day, rooftop_id
    FROM own
    WHERE kind IN ('form_sales', 'form_trade', 'form_credit', 'form_test_drive')
),
known AS (
    SELECT
        own.person_id, own.kind, own.local_day, own.make, own.model, own.body_style, own.condition, own.vin, own.rooftop_id,
        own.price, count(*) AS touches
    FROM own
    LEFT JOIN form
        ON own.kind = 'lead' AND form.person_id = own.person_id AND form.local_day = own.local_day
        AND form.rooftop_id = own.rooftop_id
    WHERE form.person_id IS NULL
    GROUP BY ALL
)
SELECT
    known.person_id, known.kind, known.local_day, known.make, known.model, known.body_style, known.condition, known.vin,
    known.rooftop_id, known.price, known.touches,
    CASE WHEN known.make IS NULL THEN rooftop_brand.brand ELSE own_make.brand END AS brand,
    CAST(
        least(intent_weight.cap_per_day, intent_weight.points * sum(known.touches) OVER kind_day)
        * known.touches / sum(known.touches) OVER kind_day
        * pow(0.5, date_diff('day', known.local_day, $as_of) / intent_weight.half_life_days) AS DECIMAL(18, 6)
    ) AS points
FROM known
JOIN intent_weight ON intent_weight.kind = known.kind
LEFT JOIN own_make ON own_make.make = lower(known.make)
LEFT JOIN rooftop_brand ON rooftop_brand.rooftop_id = known.rooftop_id
WINDOW kind_day AS (PARTITION BY known.person_id, known.kind, known.local_day)
