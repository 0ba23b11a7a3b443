-- Which vehicles each record looked at on which day, ours and on other sites. Inputs, parameters and rules as in acts.
WITH first_day AS (SELECT min(dt) AS dt FROM touch_day)
SELECT DISTINCT
    t.record_id, t.vin, t.make || ' ' || t.model AS model,
    CASE WHEN t.dt > f.dt THEN greatest(t.local_day, t.dt) ELSE t.local_day END AS on_day
FROM touch_day t
CROSS JOIN first_day f
ANTI JOIN left_out ON left_out.record_id = t.record_id
WHERE t.kind IN ('vdp_view', 'third_party_vdp') AND t.local_day BETWEEN $from_on AND $as_of AND t.vin IS NOT NULL
ORDER BY ALL
