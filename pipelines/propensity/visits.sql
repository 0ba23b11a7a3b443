-- Service visits that somebody paid for. Inputs: transaction, vehicle. Parameter: $as_of.
SELECT t.transaction_id, t.record_id, t.occurred_on, t.customer_pay, v.year AS model_year
FROM "transaction" t
LEFT JOIN vehicle v ON v.vin = t.vin
WHERE t.kind = 'service' AND t.status = 'closed' AND (t.customer_pay > 0 OR t.warranty_pay > 0) AND t.occurred_on <= $as_of
ORDER BY t.transaction_id
