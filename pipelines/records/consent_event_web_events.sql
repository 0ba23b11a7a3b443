-- Signals of web clients: Global Privacy Control, and ads storage refused. Inputs: web_events (day), previous_consent_event.
-- One row per client and signal, on the newest day it was sent: a signal still sent after an opt-in counts again.
WITH said AS (
    SELECT user_pseudo_id, 'gpc' AS kind, event_date, dt_said FROM (
        SELECT user_pseudo_id, gpc, try_strptime(event_date, '%Y%m%d')::DATE AS event_date, make_timestamp(event_micros)::DATE AS dt_said
        FROM web_events WHERE gpc IS NOT NULL)
    WHERE lower(gpc) IN ('1', 'true', '1.0')
    UNION ALL
    SELECT user_pseudo_id, 'opt_out_sharing', try_strptime(event_date, '%Y%m%d')::DATE, make_timestamp(event_micros)::DATE
    FROM web_events WHERE lower(ads_storage) = 'no'
),
signal AS (
    SELECT user_pseudo_id, kind, least(coalesce(event_date, dt_said), $as_of::DATE) AS received_on FROM said
    UNION ALL
    SELECT user_pseudo_id, kind::VARCHAR, received_on FROM previous_consent_event WHERE source = 'web_events'
)
SELECT
    'web_events:' || user_pseudo_id || ':' || kind AS consent_id,
    kind,
    max(received_on) AS received_on,
    user_pseudo_id,
    'web_events' AS source
FROM signal
GROUP BY user_pseudo_id, kind
ORDER BY consent_id
