-- What e-mail statuses say about consent. Inputs: email_status (until the day), email_form [raw, standard].
-- Parameters: as_of, undeliverable_bounces: hard bounces from which an address is not used.
WITH told AS (
    SELECT row_key, status, occurred_at, dt, coalesce(standard, lower(trim(email))) AS email
    FROM email_status
    LEFT JOIN email_form ON raw = email
    WHERE dt <= $as_of AND status IN ('unsubscribe', 'complaint', 'hard_bounce')
),
bounced AS (
    SELECT *, row_number() OVER (PARTITION BY email ORDER BY occurred_at, row_key) AS bounce FROM told WHERE status = 'hard_bounce'
)
SELECT 'email_status:' || row_key AS consent_id, 'do_not_email' AS kind, occurred_at, dt, email, 'email_status' AS source
FROM told
WHERE status <> 'hard_bounce'
UNION ALL
SELECT 'email_status:' || row_key, 'email_undeliverable', occurred_at, dt, email, 'email_status'
FROM bounced
WHERE bounce = $undeliverable_bounces
ORDER BY consent_id
