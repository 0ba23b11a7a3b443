-- What is known about e-mails and phones. Inputs: email_status (until the day), email_form [raw, standard], contact_record (day).
-- Parameter: undeliverable_bounces: hard bounces from which an address is not used.
WITH told AS (
    SELECT coalesce(standard, lower(trim(email))) AS value, status
    FROM email_status LEFT JOIN email_form ON raw = email
    WHERE email IS NOT NULL AND status IN ('delivered', 'open', 'click', 'hard_bounce', 'complaint')
),
email AS (
    SELECT value, CASE WHEN count(*) FILTER (status = 'hard_bounce') >= $undeliverable_bounces OR bool_or(status = 'complaint')
        THEN 'undeliverable' WHEN bool_or(status IN ('delivered', 'open', 'click')) THEN 'verified' ELSE 'unknown' END AS standing
    FROM told GROUP BY value
)
SELECT 'email' AS kind, value, standing FROM email WHERE standing <> 'unknown'
UNION ALL
SELECT DISTINCT 'phone', unnest(phones), 'verified' FROM contact_record WHERE feed = 'call_tracking'
ORDER BY kind, value
