-- Networks of the web clients seen on the day, over all their events. Input: web_events (until). Parameter: as_of.
SELECT 'web_events:' || user_pseudo_id AS record_id, ip_hash, count(DISTINCT on_day) AS days, min(on_day) AS first_on, max(on_day) AS last_on
FROM (
    SELECT DISTINCT user_pseudo_id, ip_hash, make_timestamp(event_micros)::DATE AS on_day
    FROM web_events
    WHERE ip_hash IS NOT NULL AND user_pseudo_id IN (SELECT user_pseudo_id FROM web_events WHERE dt = $as_of)
)
GROUP BY ALL ORDER BY record_id, ip_hash
