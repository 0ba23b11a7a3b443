-- From which day each record could be counted to its person, as the group could have known it then.
-- Inputs: member, person, contact_record, touch_day (until), transaction, consent_event, web_attachment, web_evidence,
--         crm_contacts (until), ownership_lists (until). Parameter: $as_of date.
-- known_on: first sign of the record itself. joined_on: the same, but for a web client the day on which it first told whose it
-- is, by the kind of evidence that ties it to its person; until then it is a device of its own. Who is tied today is tied today.
-- Businesses, staff and whoever asked to be deleted are left out.
WITH sign AS (
    SELECT record_id, min(local_day) AS on_day FROM touch_day GROUP BY record_id
    UNION ALL SELECT record_id, least(opened_on, occurred_on) FROM "transaction"
    UNION ALL SELECT co_record_id, least(opened_on, occurred_on) FROM "transaction" WHERE co_record_id IS NOT NULL
    UNION ALL SELECT 'crm_contacts:' || row_key || ':contact', least(version_at::DATE, created_at::DATE) FROM crm_contacts
    UNION ALL SELECT 'ownership_lists:' || row_key || ':owner', version_at::DATE FROM ownership_lists
    UNION ALL SELECT record_id, created_on FROM contact_record
),
first_sign AS (SELECT record_id, min(on_day) AS known_on FROM sign WHERE on_day IS NOT NULL GROUP BY record_id),
told AS (
    SELECT a.record_id, min(e.first_on) AS told_on
    FROM web_attachment a
    JOIN web_evidence e ON e.record_id = a.record_id AND CAST(e.kind AS VARCHAR) = a.rule
    LEFT JOIN member m ON m.record_id = e.value
    WHERE a.person_id IS NOT NULL AND (m.person_id IS NULL OR m.person_id = a.person_id)
    GROUP BY a.record_id
),
forgotten AS (
    SELECT DISTINCT m.person_id
    FROM consent_event c
    JOIN member m ON m.record_id = coalesce(c.record_id, 'web_events:' || c.user_pseudo_id)
    WHERE c.kind = 'deletion' AND c.received_on <= $as_of
)
SELECT
    m.record_id, m.person_id, starts_with(m.record_id, 'web_events:') AS is_web, f.known_on,
    CASE WHEN a.record_id IS NULL THEN f.known_on ELSE greatest(f.known_on, least(coalesce(t.told_on, $as_of), $as_of)) END
        AS joined_on
FROM member m
JOIN person p ON p.person_id = m.person_id AND NOT p.is_business AND NOT p.is_staff
JOIN first_sign f ON f.record_id = m.record_id
LEFT JOIN web_attachment a ON a.record_id = m.record_id AND a.person_id IS NOT NULL
LEFT JOIN told t ON t.record_id = m.record_id
ANTI JOIN forgotten ON forgotten.person_id = m.person_id
ORDER BY m.record_id
