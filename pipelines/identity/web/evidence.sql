-- What each web client told about its user, over all its events. Inputs: web_events (until), crm_leads (until),
-- call_tracking (until), email_status (until), transaction (day), record_email [record_id, email_hash],
-- raw_email [raw, email_hash], rooftop_alias [alias, rooftop_id], contact_record (day). Parameters: window_micros, click_pattern.
-- A form whose e-mail is that of a lead or an appointment of the same moment tells the record, and so the person, not only
-- the e-mail, which a couple may share.
WITH said AS (
    SELECT user_pseudo_id AS client, event_micros AS micros, make_timestamp(event_micros)::DATE AS on_day,
        web_user_id, lower(lead_key) AS email_hash,
        nullif(regexp_extract(page_location, $click_pattern, 1), '') AS mail_event,
        coalesce(by_host.rooftop_id, by_stream.rooftop_id) AS rooftop_id
    FROM web_events
    LEFT JOIN rooftop_alias AS by_host ON by_host.alias = 'host:' || lower(hostname)
    LEFT JOIN rooftop_alias AS by_stream ON by_stream.alias = 'stream:' || stream_id
    WHERE web_user_id IS NOT NULL OR lead_key IS NOT NULL OR (page_location IS NOT NULL AND regexp_matches(page_location, $click_pattern))
),
form AS (SELECT DISTINCT client, micros, on_day, email_hash, rooftop_id FROM said WHERE email_hash IS NOT NULL),
lead AS (
    SELECT 'crm_leads:' || row_key || ':lead' AS record_id, min(epoch_us(requested_at)) AS micros, max(web_client) AS client
    FROM crm_leads GROUP BY row_key
),
booked AS (
    SELECT DISTINCT record_id, rooftop_id, opened_on FROM "transaction" WHERE CAST(kind AS VARCHAR) = 'appointment' AND opened_on IS NOT NULL
),
by_lead AS (
    SELECT form.client, form.micros, form.on_day, form.email_hash,
        arg_min(lead.record_id, (abs(lead.micros - form.micros), lead.record_id)) AS value
    FROM form
    JOIN record_email USING (email_hash)
    JOIN lead ON lead.record_id = record_email.record_id AND abs(lead.micros - form.micros) <= $window_micros
    GROUP BY ALL
),
-- who booked at that rooftop about that day: the e-mail's own carriers, or one of their name and ZIP, address or phone
near_booking AS (
    SELECT form.client, form.micros, form.on_day, form.email_hash, booked.record_id
    FROM form
    JOIN booked ON booked.rooftop_id = form.rooftop_id AND abs(date_diff('day', booked.opened_on, form.on_day)) <= 1
    JOIN record_email USING (email_hash)
    JOIN contact_record AS carrier ON carrier.record_id = record_email.record_id
    JOIN contact_record AS booker ON booker.record_id = booked.record_id
    WHERE carrier.record_id = booker.record_id OR (carrier.last_name = booker.last_name AND carrier.zip = booker.zip)
        OR carrier.address = booker.address OR list_has_any(carrier.phones, booker.phones)
),
by_booking AS (
    SELECT client, micros, on_day, email_hash, min(record_id) AS value
    FROM near_booking GROUP BY ALL HAVING count(DISTINCT record_id) = 1
),
told AS (
    SELECT client, 'login' AS kind, web_user_id AS value, on_day FROM said WHERE web_user_id IS NOT NULL
    UNION ALL
    SELECT client, 'lead', value, on_day FROM by_lead
    UNION ALL
    SELECT client, 'lead', value, on_day FROM by_booking ANTI JOIN by_lead USING (client, micros, email_hash)
    UNION ALL
    SELECT client, 'form', email_hash, on_day FROM form
    ANTI JOIN by_lead USING (client, micros, email_hash)
    ANTI JOIN by_booking USING (client, micros, email_hash)
    UNION ALL
    SELECT client, 'lead', record_id, make_timestamp(micros)::DATE FROM lead WHERE client IS NOT NULL AND micros IS NOT NULL
    UNION ALL
    SELECT said.client, 'click', raw_email.email_hash, said.on_day
    FROM said JOIN email_status ON email_status.event_id = said.mail_event AND email_status.status = 'click'
    JOIN raw_email ON raw_email.raw = email_status.email
    UNION ALL
    SELECT web_client, 'call', 'call_tracking:' || row_key || ':caller', started_at::TIMESTAMP::DATE
    FROM call_tracking WHERE web_client IS NOT NULL AND caller IS NOT NULL AND coalesce(outcome, '') <> 'spam'
)
SELECT 'web_events:' || client AS record_id, kind, value, count(DISTINCT on_day) AS days, min(on_day) AS first_on,
    max(on_day) AS last_on
FROM told GROUP BY ALL ORDER BY record_id, kind, value
