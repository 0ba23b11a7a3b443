-- Customers' vehicles on a day, with what people are matched on: one row per person and vehicle held that was bought, leased or
-- serviced here. Inputs: garage, transaction, member, person, rooftop_brand (rooftop_id, brand). Parameter: $as_of date.
-- Nothing dated after $as_of counts. contract: whether a lease or a loan of the person's last deal for the vehicle still runs.
WITH party AS (
    SELECT m.person_id, t.* FROM "transaction" AS t JOIN member AS m ON m.record_id = t.record_id
    UNION ALL
    SELECT m.person_id, t.* FROM "transaction" AS t JOIN member AS m ON m.record_id = t.co_record_id
),
dealt AS (
    SELECT person_id, kind, status, sale_type, occurred_on, vin, matures_on, term_months, amount_financed, transaction_id,
        internal_pay, customer_pay, warranty_pay
    FROM party WHERE occurred_on <= $as_of
),
bought AS (
    SELECT DISTINCT * FROM dealt
    WHERE kind IN ('sale', 'lease') AND status = 'closed' AND coalesce(sale_type, 'retail') NOT IN ('wholesale', 'internal')
),
served AS (
    SELECT DISTINCT * FROM dealt
    WHERE kind = 'service' AND status <> 'cancelled' AND NOT (
        coalesce(internal_pay, 0) > 0 AND coalesce(customer_pay, 0) <= 0 AND coalesce(warranty_pay, 0) <= 0
    )
),
deals AS (SELECT person_id, count(*) AS purchases FROM bought GROUP BY person_id),
services AS (
    SELECT
        person_id, max(occurred_on) AS last_service_on,
        count(*) FILTER (occurred_on > CAST($as_of - INTERVAL 24 MONTH AS DATE)) AS visits
    FROM served GROUP BY person_id
),
contract AS (
    SELECT
        person_id, vin,
        CASE WHEN matures_on < $as_of THEN 'over' WHEN kind = 'lease' THEN 'lease'
            WHEN term_months > 0 AND amount_financed > 0 THEN 'loan' ELSE 'none' END AS contract
    FROM bought
    QUALIFY row_number() OVER (PARTITION BY person_id, vin ORDER BY occurred_on DESC, transaction_id DESC) = 1
)
SELECT
    $as_of AS day, g.person_id, g.vin, g.since, coalesce(g.rooftop_id, '') AS rooftop_id, coalesce(r.brand, '') AS brand,
    CAST(g.relation AS VARCHAR) AS relation, coalesce(c.contract, 'none') AS contract,
    date_diff('month', g.since, $as_of) AS held_months,
    date_diff('month', s.last_service_on, $as_of) AS service_months,
    coalesce(s.visits, 0) AS visits, coalesce(d.purchases, 0) AS purchases,
    p.is_staff, p.is_business
FROM garage AS g
JOIN person AS p ON p.person_id = g.person_id
LEFT JOIN rooftop_brand AS r ON r.rooftop_id = g.rooftop_id
LEFT JOIN deals AS d ON d.person_id = g.person_id
LEFT JOIN services AS s ON s.person_id = g.person_id
LEFT JOIN contract AS c ON c.person_id = g.person_id AND c.vin = g.vin
WHERE g.is_current AND g.relation IN ('bought', 'leased', 'serviced') AND (g.since IS NULL OR g.since <= $as_of)
ORDER BY g.person_id, g.vin
