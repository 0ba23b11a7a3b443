-- Mentions of leads. Input: current (rows of crm_leads folded by key).
SELECT
    'crm_leads:' || row_key || ':lead' AS record_id,
    'lead' AS role,
    'vendor:' || lower(trim(vendor_name)) AS rooftop_ref,
    'vendor:' || lower(trim(vendor_id)) AS rooftop_ref_2,
    'crm|' || customer_id AS source_customer_id,
    full_name, first_name, middle_name, last_name,
    lower(party_type) = 'business' AS is_flagged_business,
    list_filter([email_1, email_2, email_3], lambda x: x IS NOT NULL) AS emails,
    list_filter([phone_1, phone_2, phone_3], lambda x: x IS NOT NULL) AS phones,
    street AS address_1, city, state, zip,
    true AS is_first_party,
    taken_in_on AS created_on, updated_at,
    requested_at::TIMESTAMP::DATE AS last_seen_on
FROM current
ORDER BY record_id
