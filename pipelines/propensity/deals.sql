-- Retail sales and leases that stand, one row per deal and party. Inputs: transaction, vehicle. Parameter: $as_of.
WITH party AS (
    SELECT *, record_id AS party_id FROM "transaction"
    UNION ALL
    SELECT *, co_record_id AS party_id FROM "transaction" WHERE co_record_id IS NOT NULL
)
SELECT
    p.transaction_id, p.party_id AS record_id, CAST(p.kind AS VARCHAR) AS kind, CAST(p.condition AS VARCHAR) AS condition, p.vin,
    p.trade_vin, p.trade_vin_2, p.occurred_on, least(p.opened_on, p.occurred_on) AS opened_on, p.term_months,
    CAST(p.amount_financed AS DOUBLE) AS amount_financed, coalesce(p.apr_percent, 0) / 1200 AS rate, CAST(p.price AS DOUBLE) AS price,
    p.matures_on, v.year AS model_year
FROM party p
LEFT JOIN vehicle v ON v.vin = p.vin
WHERE p.kind IN ('sale', 'lease') AND p.status = 'closed' AND coalesce(p.sale_type, 'retail') IN ('retail', 'lease')
    AND p.occurred_on <= $as_of
ORDER BY p.transaction_id, p.party_id
