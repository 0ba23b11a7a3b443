-- Service appointments in the common schema. Inputs: current (rows of dms_appointments folded by key), customer [row_key, person].
-- The layout has no status: an appointment is closed once a repair order came of it.
SELECT
    'dms_appointments:' || row_key AS transaction_id,
    'appointment' AS kind,
    CASE WHEN nullif(trim(ro_number, ' 0'), '') IS NOT NULL THEN 'closed' ELSE 'open' END AS status,
    'dealer:' || lower(dealer_id) AS rooftop_ref,
    appointment_number AS number,
    appointment_on AS occurred_on,
    created_on AS opened_on,
    'dms_appointments:' || coalesce(customer.person, row_key) || ':customer' AS record_id,
    vin,
    mileage AS odometer_miles,
    in_service_on,
    [op_code] AS op_codes,
    [recommended_code] AS recommended_ops,
    updated_at
FROM current
LEFT JOIN customer USING (row_key)
ORDER BY transaction_id
