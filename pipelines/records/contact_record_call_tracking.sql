-- Mentions of callers. Input: current (rows of call_tracking folded by key).
SELECT
    'call_tracking:' || row_key || ':caller' AS record_id,
    'caller' AS role,
    'rooftop:' || lower(rooftop_id) AS rooftop_ref,
    'phone:+1' || right(regexp_replace(tracked_number, '\D', '', 'g'), 10) AS rooftop_ref_2,
    caller_name AS full_name,
    list_filter([caller], lambda x: x IS NOT NULL) AS phones,
    true AS is_first_party,
    taken_in_on AS created_on, updated_at,
    started_at::TIMESTAMP::DATE AS last_seen_on
FROM current
WHERE caller IS NOT NULL AND coalesce(outcome, '') <> 'spam'
ORDER BY record_id
