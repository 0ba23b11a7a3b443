-- Mentions of owners on bought lists. Input: current (rows of ownership_lists folded by key).
SELECT
    'ownership_lists:' || row_key || ':owner' AS record_id,
    'owner' AS role,
    full_name, first_name, last_name,
    list_filter([email], lambda x: x IS NOT NULL) AS emails,
    list_filter([phone], lambda x: x IS NOT NULL) AS phones,
    address_1, address_2, city, state, zip,
    licence_id,
    string_split(lower(permitted_channels), '|') AS permitted_channels,
    expires_on AS licence_expires_on,
    dppa_basis,
    false AS is_first_party,
    taken_in_on AS created_on, updated_at,
    updated_at::DATE AS last_seen_on
FROM current
ORDER BY record_id
