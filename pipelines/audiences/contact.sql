-- Contacts per person and limited channel, as known on the day.
-- Inputs: campaign_exposures, email_status (until), email_form [raw, standard], person, member, person_identifier, retired_person,
--         held, previous_contact; limit_window(channel, window_days), sending(platform, channel).
-- Parameters: $as_of date, $time_zone text. An exposure that names only a ZIP reached nobody in particular.
WITH exposure AS (
    SELECT * FROM campaign_exposures WHERE NOT is_superseded AND exposed_on <= $as_of AND impressions > 0
),
mailbox AS (
    SELECT person_id, value AS email, sha256(value) AS email_hash FROM person_identifier WHERE CAST(kind AS VARCHAR) = 'email'
    UNION
    SELECT person_id, NULL, lower(value) FROM person_identifier WHERE CAST(kind AS VARCHAR) = 'email_hash'
),
reached AS (
    SELECT m.person_id, e.exposure_id, e.channel, e.exposed_on, e.impressions
    FROM exposure e JOIN mailbox m ON m.email_hash = lower(e.email_sha256)
    UNION
    SELECT m.person_id, e.exposure_id, e.channel, e.exposed_on, e.impressions
    FROM exposure e JOIN member m ON m.record_id = 'web_events:' || e.user_pseudo_id
    UNION
    -- A letter to a household is a contact of everybody in it.
    SELECT p.person_id, e.exposure_id, e.channel, e.exposed_on, e.impressions
    FROM exposure e JOIN person p ON p.household_id = e.household_ref
),
mailed AS (
    -- A provider tells of one e-mail as sent and as delivered: a mailbox gets a campaign once a day.
    SELECT m.person_id, s.campaign, CAST(s.occurred_at AT TIME ZONE $time_zone AS DATE) AS mailed_on
    FROM email_status s JOIN email_form f ON f.raw = s.email JOIN mailbox m ON m.email = f.standard
    WHERE NOT s.is_superseded AND s.status IN ('sent', 'delivered')
    GROUP BY ALL
),
known AS (
    SELECT person_id, channel, 'exposure:' || exposure_id AS contact_id, 'exposure' AS source, exposed_on AS contacted_on,
        CAST(impressions AS BIGINT) AS contacts
    FROM reached
    UNION ALL
    SELECT person_id, 'email', concat_ws(':', 'email', CAST(mailed_on AS VARCHAR), coalesce(campaign, ''), person_id),
        'email_status', mailed_on, 1
    FROM mailed WHERE mailed_on <= $as_of
    UNION ALL
    SELECT d.person_id, s.channel, concat_ws(':', 'sent', d.platform, CAST(d.sent_on AS VARCHAR), d.person_id), 'sent', d.sent_on, 1
    FROM held d JOIN sending s USING (platform)
    UNION ALL
    -- What we sent is told by no feed, so it is remembered.
    SELECT person_id, channel, contact_id, 'sent', contacted_on, contacts FROM previous_contact WHERE CAST(source AS VARCHAR) = 'sent'
),
living AS (
    SELECT k.* REPLACE (coalesce(r.person_id, k.person_id) AS person_id)
    FROM known k LEFT JOIN retired_person r ON r.retired_person_id = k.person_id
)
SELECT person_id, channel, contact_id, min(source) AS source, min(contacted_on) AS contacted_on, max(contacts) AS contacts
FROM living JOIN limit_window USING (channel)
WHERE contacted_on > $as_of - CAST(window_days AS INTEGER)
GROUP BY person_id, channel, contact_id
