-- Calls of the day that somebody meant to make. Input: call_tracking (day). A call under 10 seconds reached nobody.
SELECT
    'call_tracking' AS feed,
    row_key,
    epoch_us(started_at) AS micros,
    CASE WHEN department IN ('service', 'parts') THEN 'call_service' ELSE 'call_sales' END AS kind,
    'call_tracking:' || row_key || ':caller' AS record_id,
    'rooftop:' || lower(rooftop_id) AS rooftop_ref,
    'phone:+1' || right(regexp_replace(tracked_number, '\D', '', 'g'), 10) AS rooftop_ref_2,
    department AS department_said,
    campaign AS source,
    outcome AS detail,
    duration_seconds,
    false AS is_ads_denied
FROM call_tracking
WHERE NOT is_superseded AND caller IS NOT NULL AND duration_seconds >= 10
    AND coalesce(outcome, '') NOT IN ('spam', 'wrong_number')
