-- Third-party shopping signals of the day. Input: shopping_signals (day). A score is the provider's opinion, not something done.
SELECT
    'shopping_signals' AS feed,
    row_key,
    epoch_us(occurred_at) AS micros,
    CASE signal
        WHEN 'vdp' THEN 'third_party_vdp'
        WHEN 'srp' THEN 'third_party_search'
        WHEN 'search' THEN 'third_party_search'
        WHEN 'service_visit' THEN 'service_elsewhere'
        ELSE 'third_party_signal'
    END AS kind,
    'shopping_signals:' || row_key || ':shopper' AS record_id,
    'rooftop:' || lower(rooftop_id) AS rooftop_ref,
    vin,
    year AS year_said,
    lower(trim(make)) AS make_said,
    lower(trim(model)) AS model_said,
    lower(body_style) AS body_said,
    condition AS condition_said,
    price,
    CASE WHEN signal = 'service_visit' THEN 'service' ELSE 'sales' END AS department_said,
    provider AS source,
    signal AS detail,
    false AS is_ads_denied
FROM shopping_signals
WHERE NOT is_superseded
