-- Web clients seen on the day, over all their events. Inputs: web_events (until), rooftop_alias [alias, rooftop_id].
-- Parameter: as_of. Modes count sessions; ties go to the first in the alphabet.
WITH seen AS (SELECT DISTINCT user_pseudo_id FROM web_events WHERE dt = $as_of),
session AS (
    SELECT user_pseudo_id AS client, coalesce(ga_session_id, '') AS session_id,
        min(device_category) AS device_category, min(geo_zip) AS zip, min(lower(hostname)) AS hostname, min(stream_id) AS stream_id,
        mode(replace(lower(trim(item_make)), '_', ' ') ORDER BY item_make) FILTER (item_make IS NOT NULL) AS make,
        mode(lower(trim(item_category)) ORDER BY item_category) FILTER (item_category IS NOT NULL) AS body,
        min(event_micros) AS first_micros, max(event_micros) AS last_micros
    FROM web_events
    WHERE user_pseudo_id IN (FROM seen)
    GROUP BY ALL
),
placed AS (
    SELECT session.*, coalesce(by_host.rooftop_id, by_stream.rooftop_id) AS rooftop_id,
        CASE
            WHEN body IN ('sedan', 'suv', 'truck', 'coupe', 'hatchback', 'wagon', 'van', 'convertible') THEN body
            WHEN body IN ('crossover', 'sport utility', 'sport_utility') THEN 'suv'
            WHEN body IN ('pickup', 'crew cab') THEN 'truck'
            WHEN body = 'minivan' THEN 'van'
        END AS body_style
    FROM session
    LEFT JOIN rooftop_alias AS by_host ON by_host.alias = 'host:' || hostname
    LEFT JOIN rooftop_alias AS by_stream ON by_stream.alias = 'stream:' || stream_id
)
SELECT 'web_events:' || client AS record_id,
    mode(device_category ORDER BY device_category) AS device_category,
    mode(zip ORDER BY zip) AS zip,
    mode(rooftop_id ORDER BY rooftop_id) AS rooftop_id,
    mode(make ORDER BY make) AS make,
    mode(body_style ORDER BY body_style) AS body_style,
    count(*) AS sessions,
    make_timestamp(min(first_micros))::DATE AS first_seen_on,
    make_timestamp(max(last_micros))::DATE AS last_seen_on
FROM placed GROUP BY client ORDER BY record_id
