-- The privacy feed's files of the day. Input: feed_file. Parameter: $feed.
-- Rows that came back by replay in full, and were all read this time, are no longer unread.
WITH feed_files AS (
    SELECT
        *,
        regexp_replace(file_name, '^.*/|\.gz$', '', 'g') AS bare_name,
        regexp_matches(file_name, '^replay-\d{8}/') AS is_replay,
        rows_accepted + rows_superseded AS rows_taken
    FROM feed_file
    WHERE feed = $feed
)

SELECT
    CAST(one.status AS VARCHAR) AS status,
    one.rows_quarantined > 0 AND one.rows_taken = 0 AND NOT EXISTS (
        FROM feed_files AS again
        WHERE again.is_replay AND again.bare_name = one.bare_name
            AND again.rows_quarantined = 0 AND again.rows_taken >= one.rows_quarantined
    ) AS is_all_quarantined
FROM feed_files AS one
ORDER BY status, file_name, file_sha256
