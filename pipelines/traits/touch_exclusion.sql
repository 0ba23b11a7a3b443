-- Records whose touches are no sign of shopping, each with the first rule that applies.
-- Inputs: touch_day (until), busy_minute (until), contact_record, member, person, web_attachment, web_network; policy frames
--         exclusion_rule(reason, place), own_phone(phone), showroom_client(record_id), own_ip(ip_hash).
-- Parameters: $starts_on, $as_of: the window; $max_touches_per_day; $max_vdp_views_per_minute; $own_network_share.
WITH found AS (
    SELECT member.record_id, 'staff' AS reason, NULL AS largest
    FROM member
    JOIN person ON person.person_id = member.person_id AND person.is_staff
    UNION ALL
    SELECT record_id, 'own_phone', NULL
    FROM contact_record
    WHERE feed = 'call_tracking' AND list_has_any(phones, (SELECT coalesce(list(phone), []) FROM own_phone))
    UNION ALL
    SELECT record_id, 'showroom_device', NULL FROM showroom_client
    UNION ALL
    SELECT record_id, outcome, NULL FROM web_attachment WHERE outcome IN ('own_network', 'shared_device')
    UNION ALL
    SELECT record_id, 'own_network', NULL
    FROM web_network
    GROUP BY record_id
    HAVING sum(days) FILTER (ip_hash IN (SELECT ip_hash FROM own_ip)) >= $own_network_share * sum(days)
    UNION ALL
    SELECT record_id, 'too_many_touches', max(touches)
    FROM (
        SELECT record_id, sum(touches) AS touches
        FROM touch_day
        WHERE feed = 'web_events' AND local_day BETWEEN $starts_on AND $as_of
        GROUP BY record_id, local_day
        HAVING sum(touches) > $max_touches_per_day
    )
    GROUP BY record_id
    UNION ALL
    SELECT record_id, 'too_many_views', max(vdp_views)
    FROM busy_minute
    WHERE local_day BETWEEN $starts_on AND $as_of AND vdp_views > $max_vdp_views_per_minute
    GROUP BY record_id
),
judged AS (
    SELECT record_id, arg_min(found.reason, place) AS reason, arg_min(CAST(largest AS BIGINT), place) AS largest
    FROM (SELECT record_id, reason, max(largest) AS largest FROM found GROUP BY ALL) AS found
    JOIN exclusion_rule ON exclusion_rule.reason = found.reason
    GROUP BY record_id
)
SELECT judged.record_id, judged.reason, CAST(sum(touch_day.touches) AS BIGINT) AS touches, judged.largest
FROM judged
JOIN touch_day ON touch_day.record_id = judged.record_id AND touch_day.local_day BETWEEN $starts_on AND $as_of
GROUP BY ALL
ORDER BY judged.record_id
