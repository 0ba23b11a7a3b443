-- Which records a request is about, where the request names them: by customer number at its rooftop, by CRM id; a deletion
-- also by e-mail, phone, and name at an address, because a deletion keeps nothing else that could find them.
-- Inputs: request (standard forms beside), issuer [rooftop_ref, dealer_id], contact_record (day).
WITH numbered AS (
    SELECT consent_id, dealer_id || '|' || customer_number AS source_customer_id
    FROM request
    JOIN issuer USING (rooftop_ref)
    WHERE customer_number IS NOT NULL
    UNION
    SELECT consent_id, 'crm|' || contact_id FROM request WHERE contact_id IS NOT NULL
),
deletion AS (SELECT * FROM request WHERE kind = 'deletion'),
held_email AS (SELECT record_id, unnest(emails) AS email FROM contact_record),
held_phone AS (SELECT record_id, unnest(phones) AS phone FROM contact_record)
SELECT consent_id, record_id FROM numbered JOIN contact_record USING (source_customer_id)
UNION
SELECT consent_id, record_id FROM deletion JOIN held_email USING (email)
UNION
SELECT consent_id, record_id FROM deletion JOIN held_phone USING (phone)
UNION
SELECT consent_id, record_id
FROM deletion
JOIN contact_record ON contact_record.address = split_part(deletion.address_key, '|', 1) AND contact_record.zip = split_part(deletion.address_key, '|', 2)
WHERE deletion.last_name IS NULL OR (contact_record.last_name = deletion.last_name
    AND (deletion.first_name IS NULL OR contact_record.first_name IS NULL OR contact_record.first_name = deletion.first_name))
ORDER BY consent_id, record_id
