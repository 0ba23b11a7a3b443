-- Forms and conversations of the web that earlier days took in, as far back as a site still sends late events (GA4: three days).
-- Input: touch (until; only days before the day are read). Parameter: as_of.
SELECT record_id, occurred_at,
    CASE WHEN kind IN ('chat', 'click_to_call') THEN 'asc_comm_submission' ELSE 'asc_form_submission' END AS event_group
FROM touch
WHERE dt < $as_of::DATE AND dt >= $as_of::DATE - 4 AND feed = 'web_events'
    AND occurred_at >= $as_of::TIMESTAMP - INTERVAL 8 DAY
    AND (kind IN ('chat', 'click_to_call') OR (kind LIKE 'form%' AND kind <> 'form_start'))
