-- Web events of the day that are touches. Inputs: web_events (day), web_event_kind [event_name, kind, department, twin_of,
-- event_group]. A submission and its twins count once: the parent where it came within 5 seconds, else the earliest twin.
WITH known AS (
    SELECT e.*, k.kind AS kind_said, k.department AS department_said, k.twin_of, k.event_group
    FROM web_events e
    JOIN web_event_kind k USING (event_name)
    WHERE NOT e.is_superseded
),
submission AS (
    SELECT row_key, user_pseudo_id, event_micros, event_group, twin_of, kind_said, department_said
    FROM known
    WHERE event_group IS NOT NULL
),
paired AS (
    SELECT twin.row_key AS twin_key, parent.row_key AS parent_key, twin.kind_said, twin.department_said,
        abs(twin.event_micros - parent.event_micros) AS apart_micros
    FROM submission twin
    JOIN submission parent
        ON parent.user_pseudo_id = twin.user_pseudo_id AND parent.event_group = twin.event_group
        AND parent.event_micros BETWEEN twin.event_micros - 5000000 AND twin.event_micros + 5000000
    WHERE twin.twin_of IS NOT NULL AND parent.twin_of IS NULL
),
repeated AS (
    SELECT twin_key AS row_key FROM paired
    UNION
    SELECT row_key
    FROM (
        SELECT row_key, event_micros - lag(event_micros) OVER (
            PARTITION BY user_pseudo_id, event_group ORDER BY event_micros, row_key) AS since_micros
        FROM submission
        WHERE twin_of IS NOT NULL AND row_key NOT IN (SELECT twin_key FROM paired)
    )
    WHERE since_micros <= 5000000
),
told_by_twin AS (
    SELECT parent_key AS row_key, arg_min(kind_said, (apart_micros, twin_key)) AS twin_kind,
        arg_min(department_said, (apart_micros, twin_key)) AS twin_department
    FROM paired
    GROUP BY parent_key
),
form AS (
    SELECT k.row_key,
        concat_ws(' ', lower(k.form_name), lower(k.form_type), lower(k.element_text)) AS words,
        coalesce(lower(k.department), t.twin_department, '') AS department_told,
        t.twin_kind
    FROM known k
    LEFT JOIN told_by_twin t USING (row_key)
    WHERE k.kind_said = 'form_other' AND k.twin_of IS NULL AND k.event_group IS NOT NULL
),
form_kind AS (
    SELECT row_key,
        CASE
            WHEN regexp_matches(words, 'test.?drive|appointment_sales') THEN 'form_test_drive'
            WHEN regexp_matches(words, 'credit|financ|pre.?qual|pre.?approv') THEN 'form_credit'
            WHEN department_told = 'trade' OR regexp_matches(words, 'trade|value_your|appraisal|sell_us') THEN 'form_trade'
            WHEN department_told = 'service' OR regexp_matches(words, 'service') THEN 'form_service'
            WHEN department_told = 'parts' OR regexp_matches(words, 'parts') THEN 'form_parts'
            WHEN twin_kind <> 'form_other' THEN twin_kind
            WHEN department_told = 'sales' OR regexp_matches(words, 'avail|price|quote|lead|sales') THEN 'form_sales'
            ELSE 'form_other'
        END AS kind_found,
        nullif(department_told, '') AS department_told
    FROM form
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
LEFT JOIN form_kind USING (row_key)
WHERE event_group IS NULL OR row_key NOT IN (SELECT row_key FROM repeated)
