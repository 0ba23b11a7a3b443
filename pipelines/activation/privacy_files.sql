-- The privacy feed's files of the day. Input: feed_file. Parameter: $feed.
SELECT
    CAST(status AS VARCHAR) AS status,
    rows_quarantined > 0 AND rows_accepted + rows_superseded = 0 AS is_all_quarantined
FROM feed_file
WHERE feed = $feed
ORDER BY status, file_name, file_sha256
