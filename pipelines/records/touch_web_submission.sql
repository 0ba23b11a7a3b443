-- What each submission of the day (a form sent, a conversation) is, and which of them only repeat another.
-- Inputs: web_events (day), web_event_kind [event_name, kind, department, twin_of, event_group].
-- A submission and its twins count once: the parent where it came within 5 seconds, else the earliest twin. What was delivered on an
-- earlier day counts already: earlier_submission [record_id, occurred_at, event_group], touches of the days of late delivery.
WITH submission AS (
    SELECT e.row_key, e.user_pseudo_id, e.event_micros, e.form_name, e.form_type, e.element_text, e.department,
        k.event_group, k.twin_of, k.kind AS kind_said, k.department AS department_said
    FROM web_events e
    JOIN web_event_kind k USING (event_name)
    WHERE NOT e.is_superseded AND k.event_group IS NOT NULL
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
    SELECT late.row_key
    FROM submission late
    JOIN earlier_submission earlier
        ON earlier.record_id = 'web_events:' || late.user_pseudo_id AND earlier.event_group = late.event_group
        AND epoch_us(earlier.occurred_at) BETWEEN late.event_micros - 5000000 AND late.event_micros + 5000000
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
    FROM submission k
    LEFT JOIN told_by_twin t USING (row_key)
    WHERE k.kind_said = 'form_other' AND k.twin_of IS NULL
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
    submission.row_key,
    form_kind.kind_found,
    form_kind.department_told,
    submission.row_key IN (SELECT row_key FROM repeated) AS is_repeated
FROM submission
LEFT JOIN form_kind USING (row_key)
ORDER BY submission.row_key
