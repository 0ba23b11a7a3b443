-- Which home each record gave, and when. Inputs: contact_record, previous_address_seen. Parameter: $as_of date.
-- A home is a ZIP and a house number, else the whole line: the street may be spelled in many ways.
-- A record known before with another home gave the new one when its newest version came, not when it was first taken in.
WITH today AS (
    SELECT
        record_id, zip, zip || '|' || coalesce(nullif(regexp_extract(address, '^\d+'), ''), address) AS home,
        least(CAST(updated_at AS DATE), CAST($as_of AS DATE)) AS version_on,
        CASE WHEN last_seen_on <= $as_of THEN last_seen_on ELSE least(CAST(updated_at AS DATE), CAST($as_of AS DATE)) END AS seen_on
    FROM contact_record
    WHERE is_address_valid AND is_first_party AND NOT is_business AND zip IS NOT NULL AND address IS NOT NULL
        AND created_on <= $as_of
),
known AS (
    -- What a record said before counts for as long as the record is there.
    SELECT * FROM previous_address_seen
    WHERE record_id IN (SELECT record_id FROM contact_record) AND first_seen_on <= $as_of
),
newest AS (
    SELECT record_id, max(last_seen_on) AS last_seen_on, max_by(home, (last_seen_on, first_seen_on, home)) AS home
    FROM known GROUP BY record_id
),
told AS (
    SELECT
        today.record_id, today.home, today.zip,
        CASE WHEN newest.home <> today.home THEN greatest(today.version_on, newest.last_seen_on) ELSE today.seen_on END AS told_on,
        same.home IS NOT NULL AS is_known
    FROM today
    LEFT JOIN newest ON newest.record_id = today.record_id
    LEFT JOIN known AS same ON same.record_id = today.record_id AND same.home = today.home
),
heard AS (
    SELECT record_id, home, zip, first_seen_on, last_seen_on FROM known
    UNION ALL
    SELECT record_id, home, zip, CASE WHEN NOT is_known THEN told_on END, told_on FROM told
)
SELECT record_id, home, min(zip) AS zip, min(first_seen_on) AS first_seen_on, max(last_seen_on) AS last_seen_on
FROM heard
GROUP BY record_id, home
ORDER BY record_id, home
