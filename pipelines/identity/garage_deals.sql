-- Deals that closed by the day, with their parties and with the VINs as the household has them.
-- Inputs: transaction, member, person, spelling (garage_spelling.sql). Parameter: as_of.
WITH closed AS (
    SELECT *, coalesce(occurred_on, opened_on, CAST(updated_at AS DATE)) AS on_day
    FROM "transaction" WHERE kind IN ('sale', 'lease') AND status = 'closed'
)
SELECT
    c.transaction_id, b.person_id AS buyer, coalesce(o.person_id, b.person_id) AS co_buyer, p.household_id,
    coalesce(sold.vin, c.vin) AS vin, coalesce(one.vin, c.trade_vin) AS trade_vin, coalesce(two.vin, c.trade_vin_2) AS trade_vin_2,
    c.on_day, c.condition, c.in_service_on, coalesce(c.sale_type, 'retail') NOT IN ('wholesale', 'internal') AS is_retail
FROM closed AS c
LEFT JOIN member AS b ON b.record_id = c.record_id
LEFT JOIN member AS o ON o.record_id = c.co_record_id
LEFT JOIN person AS p ON p.person_id = b.person_id
LEFT JOIN spelling AS sold ON sold.household_id = p.household_id AND sold.typed = c.vin
LEFT JOIN spelling AS one ON one.household_id = p.household_id AND one.typed = c.trade_vin
LEFT JOIN spelling AS two ON two.household_id = p.household_id AND two.typed = c.trade_vin_2
WHERE c.on_day <= $as_of
ORDER BY c.transaction_id
