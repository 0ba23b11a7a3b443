-- E-mails opened and clicked, as told on the day. Inputs: email_status (day), email_form [raw, standard], email_record [email_hash, email, record_id].
SELECT
    'email_status' AS feed,
    row_key,
    epoch_us(occurred_at) AS micros,
    CASE status WHEN 'open' THEN 'email_open' ELSE 'email_click' END AS kind,
    email_record.record_id,
    'rooftop:' || lower(rooftop_id) AS rooftop_ref,
    campaign AS source,
    status AS detail,
    false AS is_ads_denied
FROM email_status
JOIN email_form ON email_form.raw = email_status.email
JOIN email_record ON email_record.email = email_form.standard
WHERE NOT is_superseded AND status IN ('open', 'click')
