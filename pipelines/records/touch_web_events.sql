-- Web events of the day that are touches. Inputs: web_events (day), web_event_kind [event_name, kind, department, twin_of,
-- event_group], web_submission [row_key, kind_found, department_told, is_repeated].
WITH known AS (
    SELECT e.*, k.kind AS kind_said, k.department AS department_said, k.twin_of
    FROM web_events e
    JOIN web_event_kind k USING (event_name)
    WHERE NOT e.is_superseded AND e.event_micros >= $from_micros AND e.event_micros < $until_micros
)
SELECT
    'web_events' AS feed,
    row_key,
    event_micros AS micros,
    CASE
        WHEN kind_found IS NOT NULL THEN kind_found
        WHEN kind_said = 'page_view' AND lower(page_location) LIKE '%review%' THEN 'review_read'
        WHEN kind_said = 'configure' AND concat_ws(' ', lower(element_text), lower(flow_name)) LIKE '%payment%' THEN 'payment_tool'
        WHEN kind_said = 'chat' AND lower(comm_type) = 'voice' THEN 'click_to_call'
        ELSE kind_said
    END AS kind,
    'web_events:' || user_pseudo_id AS record_id,
    'host:' || lower(hostname) AS rooftop_ref,
    'stream:' || stream_id AS rooftop_ref_2,
    user_pseudo_id || '.' || ga_session_id AS session_id,
    item_vin AS vin,
    try_cast(item_year AS BIGINT) AS year_said,
    replace(lower(trim(item_make)), '_', ' ') AS make_said,
    replace(lower(trim(item_model)), '_', ' ') AS model_said,
    lower(item_category) AS body_said,
    lower(item_condition) AS condition_said,
    try_cast(regexp_replace(item_price, '[$, ]', '', 'g') AS DECIMAL(14, 2)) AS price,
    coalesce(department_told, lower(department), department_said) AS department_said,
    traffic_source AS source,
    CASE
        WHEN kind_said = 'form_other' OR kind_said = 'form_start' OR twin_of IS NOT NULL THEN form_name
        WHEN kind_said = 'payment_tool' THEN concat_ws(':', flow_name, flow_outcome)
        WHEN kind_said IN ('cta_click', 'configure') THEN element_text
        WHEN kind_said = 'search_model' AND NOT regexp_matches(search_term, '@|\d{6}') THEN left(search_term, 60)
        WHEN kind_said = 'chat' THEN comm_status
        ELSE page_type
    END AS detail,
    coalesce(lower(ads_storage) = 'no', false) OR coalesce(gpc IN ('1', 'true'), false) AS is_ads_denied
FROM known
LEFT JOIN web_submission USING (row_key)
WHERE NOT coalesce(is_repeated, false)
