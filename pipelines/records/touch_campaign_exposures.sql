-- Advertising exposures of the day that name a web client or a hashed e-mail we know. Inputs: campaign_exposures (day),
-- email_record [email_hash, email, record_id]. One touch per row, however many impressions.
SELECT
    'campaign_exposures' AS feed,
    row_key,
    exposed_on AS happened_on,
    'exposure' AS kind,
    coalesce('web_events:' || user_pseudo_id, email_record.record_id) AS record_id,
    channel || ':' || campaign AS source,
    channel AS detail,
    false AS is_ads_denied
FROM campaign_exposures
LEFT JOIN email_record ON email_record.email_hash = lower(email_sha256)
WHERE NOT is_superseded AND coalesce(user_pseudo_id, email_record.record_id) IS NOT NULL
