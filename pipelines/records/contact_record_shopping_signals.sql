-- Mentions of third-party shoppers. Input: current (rows of shopping_signals folded by key).
SELECT
    'shopping_signals:' || row_key || ':shopper' AS record_id,
    'shopper' AS role,
    'rooftop:' || lower(rooftop_id) AS rooftop_ref,
    first_name, last_name,
    list_filter([email], lambda x: x IS NOT NULL) AS emails,
    list_filter([phone], lambda x: x IS NOT NULL) AS phones,
    list_filter([lower(email_sha256)], lambda x: x IS NOT NULL) AS email_hashes,
    list_filter([lower(phone_sha256)], lambda x: x IS NOT NULL) AS phone_hashes,
    zip,
    licence_id,
    string_split(lower(permitted_channels), '|') AS permitted_channels,
    expires_on AS licence_expires_on,
    false AS is_first_party,
    taken_in_on AS created_on, updated_at,
    occurred_at::TIMESTAMP::DATE AS last_seen_on
FROM current
ORDER BY record_id
