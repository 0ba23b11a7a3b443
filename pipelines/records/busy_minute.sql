-- The busiest minute of each web client's day by vehicle pages. Input: touch (day). Parameters: $time_zone; $views_from.
WITH minute AS (
    SELECT record_id, date_trunc('minute', timezone($time_zone, occurred_at)) AS local_minute, count(*) AS vdp_views
    FROM touch
    WHERE feed = 'web_events' AND kind = 'vdp_view'
    GROUP BY ALL
    HAVING count(*) >= $views_from
)
SELECT record_id, CAST(local_minute AS DATE) AS local_day, max(vdp_views) AS vdp_views
FROM minute
GROUP BY ALL
ORDER BY ALL
