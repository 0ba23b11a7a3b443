-- What the DMS says was done: services and purchases on the day they were first closed, appointments on the day they were first known.
-- Inputs: transaction (day), previous_transaction. Parameter: as_of.
SELECT
    split_part(t.transaction_id, ':', 1) AS feed,
    substr(t.transaction_id, instr(t.transaction_id, ':') + 1) AS row_key,
    CASE WHEN t.kind = 'appointment' THEN coalesce(t.opened_on, least(t.occurred_on, $as_of::DATE)) ELSE t.occurred_on END AS happened_on,
    CASE t.kind WHEN 'appointment' THEN 'appointment' WHEN 'service' THEN 'service_visit' ELSE 'purchase' END AS kind,
    t.record_id,
    'rooftop:' || lower(t.rooftop_id) AS rooftop_ref,
    t.vin,
    t.condition::VARCHAR AS condition_said,
    t.price,
    CASE WHEN t.kind IN ('appointment', 'service') THEN 'service' ELSE 'sales' END AS department_said,
    t.sale_type::VARCHAR AS detail,
    false AS is_ads_denied
FROM transaction t
LEFT JOIN previous_transaction p USING (transaction_id)
WHERE (t.kind = 'appointment' OR t.occurred_on <= $as_of::DATE) AND CASE t.kind
    WHEN 'appointment' THEN t.status <> 'cancelled' AND p.transaction_id IS NULL
    WHEN 'service' THEN t.status = 'closed' AND p.status IS DISTINCT FROM 'closed' AND t.sale_type IS DISTINCT FROM 'internal'
    ELSE t.status = 'closed' AND p.status IS DISTINCT FROM 'closed' AND coalesce(t.sale_type, 'retail') NOT IN ('wholesale', 'internal')
END
