-- Repair orders in the common schema. Inputs: current (rows of dms_service folded by key), customer [row_key, person].
-- An order cannot have been closed after the file that tells of it: such a day is a slip, and the day of opening counts.
WITH said AS (
    SELECT
        * REPLACE (
            CASE
                WHEN closed_on > CAST(updated_at AS DATE) + 1 AND opened_on <= CAST(updated_at AS DATE) + 1 THEN opened_on
                ELSE closed_on
            END AS closed_on
        ),
        lower(trim(coalesce(ro_status, ''))) AS status_said,
        coalesce(customer_sale, 0) + coalesce(warranty_sale, 0) + coalesce(internal_sale, 0) AS by_payer
    FROM current
)
SELECT
    'dms_service:' || row_key AS transaction_id,
    'service' AS kind,
    CASE
        WHEN regexp_matches(status_said, 'void|cancel|delete') THEN 'cancelled'
        WHEN regexp_matches(status_said, 'clos|invoic|post|final|complete|paid|cashier') OR status_said = 'c' THEN 'closed'
        WHEN status_said = '' AND closed_on IS NOT NULL THEN 'closed'
        ELSE 'open'
    END AS status,
    'dealer:' || lower(dealer_id) AS rooftop_ref,
    ro_number AS number,
    coalesce(closed_on, opened_on) AS occurred_on,
    opened_on,
    'dms_service:' || coalesce(customer.person, row_key) || ':customer' AS record_id,
    vin,
    CASE
        WHEN internal_sale > 0 AND coalesce(customer_sale, 0) <= 0 AND coalesce(warranty_sale, 0) <= 0 THEN 'internal'
        ELSE 'retail'
    END AS sale_type,
    coalesce(mileage_out, mileage_in) AS odometer_miles,
    coalesce(total_sale, CASE WHEN by_payer > 0 THEN by_payer END) AS price,
    customer_sale AS customer_pay,
    warranty_sale AS warranty_pay,
    internal_sale AS internal_pay,
    total_sale - total_cost AS gross,
    in_service_on,
    service_contract_name AS contract_name,
    flatten(op_codes) AS op_codes,
    CASE WHEN len(list_filter(flatten(recommended_codes), lambda x: coalesce(x, '') <> '')) > 0
        THEN flatten(recommended_codes) ELSE flatten(recommendations) END AS recommended_ops,
    flatten(op_descriptions) AS op_texts,
    flatten(recommendations) AS recommended_texts,
    updated_at
FROM said
LEFT JOIN customer USING (row_key)
ORDER BY transaction_id
