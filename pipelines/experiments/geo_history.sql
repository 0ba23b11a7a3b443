-- What happened in each ZIP in each week before: retail deals, repair orders and leads of the people who live there now.
-- Inputs: person, member, transaction, touch. Parameters: $ends_on date (excluded), $from_on date.
WITH home AS (SELECT m.record_id, p.zip FROM member m JOIN person p USING (person_id) WHERE p.zip IS NOT NULL),
happened AS (
    SELECT record_id, CASE kind WHEN 'service' THEN 'service' ELSE 'sales' END AS metric, occurred_on
    FROM transaction
    WHERE status = 'closed' AND (kind = 'service'
        OR kind IN ('sale', 'lease') AND coalesce(sale_type, 'retail') IN ('retail', 'lease'))
    UNION ALL
    SELECT record_id, 'leads', CAST(occurred_at AS DATE) FROM touch WHERE kind IN ('lead', 'lead_third_party')
)
SELECT h.zip, e.metric, date_diff('day', e.occurred_on, $ends_on - 1) // 7 AS week, count(*) AS events
FROM happened e JOIN home h USING (record_id)
WHERE e.occurred_on >= $from_on AND e.occurred_on < $ends_on
GROUP BY ALL
