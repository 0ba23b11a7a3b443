-- What people did, one row per person, outcome and day. Inputs: transaction, member, person, garage, listed_purchase (person_id,
-- on_day: purchases that bought lists date), lead (person_id, on_day). Parameters: $from_on, $to_on dates, both counted;
-- $same_deal_days: a vehicle that goes within so many days of a purchase here went because of that purchase.
-- bought_elsewhere is what the group's own data tell: a list dates a purchase of a vehicle that was not bought here, or a vehicle
-- of theirs is seen with somebody else (registered, sold or serviced by another) and they bought nothing here around that day.
WITH party AS (
    SELECT m.person_id, t.* FROM "transaction" AS t JOIN member AS m ON m.record_id = t.record_id
    UNION ALL
    SELECT m.person_id, t.* FROM "transaction" AS t JOIN member AS m ON m.record_id = t.co_record_id
),
bought AS (
    SELECT DISTINCT person_id, occurred_on AS on_day FROM party
    WHERE kind IN ('sale', 'lease') AND status = 'closed' AND coalesce(sale_type, 'retail') IN ('retail', 'lease')
        AND occurred_on IS NOT NULL
),
served AS (
    SELECT person_id, occurred_on AS on_day FROM party
    WHERE kind = 'service' AND status = 'closed' AND NOT (
        coalesce(internal_pay, 0) > 0 AND coalesce(customer_pay, 0) <= 0 AND coalesce(warranty_pay, 0) <= 0
    )
),
booked AS (
    SELECT person_id, coalesce(opened_on, occurred_on) AS on_day FROM party
    WHERE kind = 'appointment' AND status <> 'cancelled'
),
elsewhere AS (
    SELECT g.person_id, g.since AS on_day
    FROM garage AS g JOIN listed_purchase AS l ON l.person_id = g.person_id AND l.on_day = g.since
    WHERE g.relation = 'listed'
    UNION
    SELECT person_id, until FROM garage
    WHERE relation IN ('bought', 'leased', 'serviced')
        AND until_reason IN ('sold_to_other', 'registered_elsewhere', 'serviced_by_other')
),
lost AS (
    SELECT e.* FROM elsewhere AS e
    LEFT JOIN bought AS b
        ON b.person_id = e.person_id AND abs(date_diff('day', e.on_day, b.on_day)) <= $same_deal_days
    WHERE b.person_id IS NULL
),
every AS (
    SELECT 'bought_here' AS outcome, person_id, on_day FROM bought
    UNION ALL SELECT 'bought_elsewhere', person_id, on_day FROM lost
    UNION ALL SELECT 'serviced', person_id, on_day FROM served
    UNION ALL SELECT 'booked', person_id, on_day FROM booked
    UNION ALL SELECT 'lead', person_id, on_day FROM lead
)
SELECT DISTINCT outcome, person_id, on_day FROM every
WHERE on_day BETWEEN $from_on AND $to_on
ORDER BY outcome, person_id, on_day
