-- Mentions of CRM contacts. Input: current (rows of crm_contacts folded by key).
SELECT
    'crm_contacts:' || row_key || ':contact' AS record_id,
    'contact' AS role,
    'rooftop:' || lower(rooftop_id) AS rooftop_ref,
    'crm|' || contact_id AS source_customer_id,
    full_name, first_name, middle_name, last_name,
    party_type = 'business' AS is_flagged_business,
    list_filter([email_1, email_2, email_3], lambda x: x IS NOT NULL) AS emails,
    list_filter([phone_1, phone_2, phone_3], lambda x: x IS NOT NULL) AS phones,
    address_1, address_2, city, state, zip, birth_date, web_user_id,
    true AS is_first_party,
    taken_in_on AS created_on, updated_at,
    coalesce(source_updated_at, created_at)::TIMESTAMP::DATE AS last_seen_on
FROM current
ORDER BY record_id
