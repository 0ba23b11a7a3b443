-- Mentions of web clients seen on the day, over all their events. Input: web_events (until the day). Parameter: as_of.
WITH clients AS (SELECT DISTINCT user_pseudo_id FROM web_events WHERE dt = $as_of)
SELECT
    'web_events:' || user_pseudo_id AS record_id,
    'web_client' AS role,
    arg_max('host:' || lower(hostname), (event_micros, row_key)) AS rooftop_ref,
    arg_max('stream:' || stream_id, (event_micros, row_key)) AS rooftop_ref_2,
    coalesce(list_sort(list(DISTINCT lower(lead_key)) FILTER (WHERE lead_key IS NOT NULL)), []) AS email_hashes,
    arg_max(web_user_id, (event_micros, row_key)) AS web_user_id,
    true AS is_first_party,
    min(dt) AS created_on,
    max(version_at) AS updated_at,
    make_timestamp(max(event_micros))::DATE AS last_seen_on
FROM web_events
WHERE user_pseudo_id IN (SELECT user_pseudo_id FROM clients)
GROUP BY user_pseudo_id
ORDER BY record_id
