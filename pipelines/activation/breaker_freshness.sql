-- How old the newest file of each feed is. Input: feed_file until the day. Parameter: $as_of. What came twice is no news.
SELECT feed, CAST(max(version_at) AS DATE) AS newest_on, greatest($as_of - CAST(max(version_at) AS DATE), 0) AS age_days
FROM feed_file
WHERE CAST(status AS VARCHAR) = 'accepted' AND version_at IS NOT NULL
GROUP BY feed ORDER BY feed
