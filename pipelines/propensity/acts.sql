-- What each record did on each day, by group of kinds.
-- Inputs: touch_day (until), kind_act(kind, act), left_out(record_id). Parameters: $from_on, $as_of first and last local day wanted.
-- A touch counts from the day it occurred, or the day it was taken in where that is later; what the lake's first day took in is
-- history, which the group had at the time. A lead that the showroom or the desk enters is no act of the shopper's.
WITH first_day AS (SELECT min(dt) AS dt FROM touch_day)
SELECT
    d.record_id, k.act, CASE WHEN d.dt > f.dt THEN greatest(d.local_day, d.dt) ELSE d.local_day END AS on_day,
    CAST(sum(d.touches) AS INTEGER) AS acts
FROM touch_day d
JOIN kind_act k ON k.kind = d.kind
CROSS JOIN first_day f
ANTI JOIN left_out ON left_out.record_id = d.record_id
WHERE d.local_day BETWEEN $from_on AND $as_of
    AND (d.kind <> 'lead' OR NOT regexp_matches(lower(coalesce(d.source, '')), 'walk.?in|showroom|desk|crm'))
GROUP BY ALL
ORDER BY ALL
