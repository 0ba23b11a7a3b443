-- Visits of web clients and of third-party shoppers, from the touches taken in on the day. Moments leave as naive UTC.
-- Input: touch (day). Parameters: $time_zone of the group; $gap_minutes without a touch end a visit that its site does not name.
WITH told AS (
    SELECT record_id, session_id, occurred_at, touch_id, feed, kind, source, rooftop_id,
        session_id IS NULL AND coalesce(occurred_at - lag(occurred_at) OVER of_record > to_minutes(CAST($gap_minutes AS BIGINT)), true)
            AS is_start
    FROM touch
    WHERE feed IN ('web_events', 'shopping_signals')
    WINDOW of_record AS (PARTITION BY record_id, session_id IS NULL ORDER BY occurred_at, touch_id)
),
numbered AS (
    SELECT *, sum(CAST(is_start AS INTEGER)) OVER (PARTITION BY record_id, session_id IS NULL ORDER BY occurred_at, touch_id) AS visit
    FROM told
),
visit AS (
    SELECT record_id, session_id, CASE WHEN session_id IS NULL THEN visit END AS visit,
        min(occurred_at) AS started_at, max(occurred_at) AS ended_at, min(feed) AS feed,
        arg_min(source, (occurred_at, touch_id)) FILTER (source IS NOT NULL) AS source,
        arg_min(rooftop_id, (occurred_at, touch_id)) FILTER (rooftop_id IS NOT NULL) AS rooftop_id,
        count(*) AS touches, count(*) FILTER (kind IN ('vdp_view', 'third_party_vdp')) AS vdp_views
    FROM numbered
    GROUP BY ALL
)
SELECT record_id, coalesce(session_id, 'from ' || strftime(timezone('UTC', started_at), '%Y-%m-%dT%H:%M:%S.%fZ')) AS session_id,
    timezone('UTC', started_at) AS started_at, timezone('UTC', ended_at) AS ended_at,
    CAST(timezone($time_zone, started_at) AS DATE) AS local_day, feed, source, rooftop_id, touches, vdp_views
FROM visit
