-- The record that an e-mail address or its hash stands for: a first-party one where there is one, the smallest id of those.
-- Input: contact_record (day).
WITH held AS (
    SELECT unnest(emails) AS email, record_id, is_first_party FROM contact_record
),
hashed AS (
    SELECT sha256(email) AS email_hash, email, record_id, is_first_party FROM held
    UNION ALL
    SELECT unnest(email_hashes), NULL, record_id, is_first_party FROM contact_record
)
SELECT email_hash, max(email) AS email, arg_min(record_id, (NOT is_first_party, record_id)) AS record_id
FROM hashed
WHERE email_hash IN (SELECT email_hash FROM wanted_hash)
GROUP BY email_hash
ORDER BY email_hash
