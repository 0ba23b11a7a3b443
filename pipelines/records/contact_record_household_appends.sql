-- Mentions of people known to us in bought appends. Input: current (rows of household_appends folded by key).
SELECT
    'household_appends:' || row_key || ':append' AS record_id,
    'append' AS role,
    first_name, last_name,
    list_filter([email], lambda x: x IS NOT NULL) AS emails,
    list_filter([phone], lambda x: x IS NOT NULL) AS phones,
    address_1, city, state, zip,
    licence_id,
    string_split(lower(permitted_channels), '|') AS permitted_channels,
    expires_on AS licence_expires_on,
    age_band, income_band,
    list_filter([life_event || '@' || strftime(life_event_on, '%Y-%m-%d')], lambda x: x IS NOT NULL) AS life_events,
    false AS is_first_party,
    taken_in_on AS created_on, updated_at,
    updated_at::DATE AS last_seen_on
FROM current
ORDER BY record_id
