-- Figures of each segment by group, brand, market and rooftop, beside the plan's targets.
-- Inputs: membership, touch, transaction, member, candidate, actionable; rooftop_scope(rooftop_id, brand, market), scope(scope), kpi_card(segment, kpi, unit),
--         kpi_target(segment, kpi, target_low, target_high) come from policy.
-- Parameters: $as_of date; $time_zone of the group; $held_back, arms that are not addressed; $month_at, $four_months_at, $year_at, $ends_at moments in UTC, the last one excluded.
WITH recent AS (
    SELECT kind, record_id, rooftop_id, occurred_at FROM touch
    WHERE occurred_at >= $month_at AND occurred_at < $ends_at
        AND kind IN ('lead', 'lead_third_party', 'form_test_drive', 'call_sales', 'vdp_view', 'form_trade')
),
deal AS (
    SELECT transaction_id, kind, record_id, rooftop_id, occurred_on, opened_on, customer_pay, gross, status,
        kind IN ('sale', 'lease') AND status = 'closed' AND coalesce(sale_type, 'retail') IN ('retail', 'lease') AS is_sold,
        kind = 'service' AND status = 'closed' AS is_serviced
    FROM transaction
),
-- A person whom several audiences of a segment share out by channel is one member of it.
counted_member AS (
    SELECT person_id, CAST(segment AS VARCHAR) AS segment, brand, market, rooftop_id,
        bool_or(len(channels) > 0 AND NOT (arm = 'control' OR regexp_matches(arm, $held_back))) AS is_addressable,
        bool_or(CAST(tier AS VARCHAR) = 'hot') AS is_hot
    FROM membership GROUP BY person_id, segment, brand, market, rooftop_id
),
month AS (SELECT * FROM deal WHERE occurred_on BETWEEN $as_of - 29 AND $as_of),
customer AS (SELECT DISTINCT person_id FROM candidate WHERE is_customer),
-- One row per thing that counts, with the figure that it adds to.
counted AS (
    SELECT segment, 'members' AS kpi, brand, market, rooftop_id, 1 AS amount FROM counted_member
    UNION ALL
    SELECT segment, 'addressable_members', brand, market, rooftop_id, 1 FROM counted_member WHERE is_addressable
    UNION ALL
    SELECT 'in_market', 'hot_members', brand, market, rooftop_id, 1 FROM counted_member WHERE segment = 'in_market' AND is_hot
    UNION ALL
    SELECT CASE WHEN t.kind = 'form_trade' THEN 'loyalty' ELSE 'in_market' END,
        CASE t.kind WHEN 'form_test_drive' THEN 'test_drives_30d' WHEN 'call_sales' THEN 'calls_30d' WHEN 'vdp_view' THEN 'vdp_views_30d'
            WHEN 'form_trade' THEN 'trade_inquiries_30d' ELSE 'leads_30d' END,
        r.brand, r.market, t.rooftop_id, 1
    FROM recent t LEFT JOIN rooftop_scope r USING (rooftop_id)
    UNION ALL
    SELECT 'in_market', 'purchases_30d', r.brand, r.market, d.rooftop_id, 1
    FROM month d LEFT JOIN rooftop_scope r USING (rooftop_id) WHERE is_sold
    UNION ALL
    SELECT 'loyalty', 'service_visits_30d', r.brand, r.market, d.rooftop_id, 1
    FROM month d LEFT JOIN rooftop_scope r USING (rooftop_id) WHERE is_serviced
    UNION ALL
    SELECT 'loyalty', 'customer_pay_30d', r.brand, r.market, d.rooftop_id, coalesce(d.customer_pay, 0)
    FROM month d LEFT JOIN rooftop_scope r USING (rooftop_id) WHERE is_serviced
    UNION ALL
    SELECT 'loyalty', 'records', NULL, NULL, NULL, 1 FROM actionable
    UNION ALL
    SELECT 'loyalty', 'actionable_customers', NULL, NULL, NULL, 1 FROM actionable WHERE is_actionable
    UNION ALL
    -- An appointment counts on the day it was made; where the source does not say, on its own day.
    SELECT 'loyalty', 'service_appointments_30d', r.brand, r.market, d.rooftop_id, 1
    FROM deal d LEFT JOIN rooftop_scope r USING (rooftop_id)
    WHERE d.kind = 'appointment' AND d.status <> 'cancelled' AND coalesce(d.opened_on, d.occurred_on) BETWEEN $as_of - 29 AND $as_of
),
summed AS (
    SELECT segment, kpi, scope, sum(amount) AS value
    FROM (SELECT segment, kpi, amount, unnest(['group', 'brand:' || brand, 'market:' || market, 'rooftop:' || rooftop_id]) AS scope
        FROM counted)
    WHERE scope IS NOT NULL GROUP BY ALL
),
seen AS (
    SELECT m.person_id, count(*) AS exposures
    FROM touch t JOIN member m USING (record_id)
    WHERE t.kind = 'exposure' AND t.occurred_at >= $year_at AND t.occurred_at < $ends_at GROUP BY m.person_id
),
party AS (SELECT m.person_id, d.is_sold, d.is_serviced, d.occurred_on FROM deal d JOIN member m USING (record_id) WHERE d.is_sold OR d.is_serviced),
served AS (SELECT DISTINCT person_id FROM party WHERE is_serviced AND occurred_on BETWEEN $as_of - 364 AND $as_of),
trader AS (
    SELECT DISTINCT m.person_id FROM touch t JOIN member m USING (record_id)
    WHERE t.kind = 'form_trade' AND t.occurred_at >= $year_at AND t.occurred_at < $ends_at
),
lead AS (
    SELECT m.person_id, min(CAST(t.occurred_at AT TIME ZONE $time_zone AS DATE)) AS lead_on
    FROM touch t JOIN member m USING (record_id)
    WHERE t.kind IN ('lead', 'lead_third_party') AND t.occurred_at >= $four_months_at AND t.occurred_at < $ends_at
    GROUP BY m.person_id
),
-- Ratios, for the group as a whole: part and whole.
ratio AS (
    SELECT 'conquest' AS segment, 'reach_share_365d' AS kpi, count(s.person_id) AS part, count(*) AS whole
    FROM counted_member m LEFT JOIN seen s USING (person_id) WHERE m.segment = 'conquest'
    UNION ALL
    SELECT 'conquest', 'reached_three_times_share_365d', count(*) FILTER (s.exposures >= 3), count(*)
    FROM counted_member m LEFT JOIN seen s USING (person_id) WHERE m.segment = 'conquest'
    UNION ALL
    SELECT 'conquest', 'contacts_per_person_365d', sum(s.exposures), count(*)
    FROM counted_member m JOIN seen s USING (person_id) WHERE m.segment = 'conquest'
    UNION ALL
    SELECT 'in_market', 'lead_to_sale_share_120d',
        count(DISTINCT l.person_id) FILTER (p.is_sold AND p.occurred_on BETWEEN l.lead_on AND $as_of), count(DISTINCT l.person_id)
    FROM lead l LEFT JOIN party p USING (person_id)
    UNION ALL
    SELECT 'in_market', 'gross_per_sale_30d', sum(gross), count(gross) FROM month WHERE is_sold
    UNION ALL
    SELECT 'loyalty', 'service_take_share_365d', count(s.person_id), count(*) FROM customer c LEFT JOIN served s USING (person_id)
    UNION ALL
    SELECT 'loyalty', 'trade_inquiry_share_365d', count(t.person_id), count(*) FROM customer c LEFT JOIN trader t USING (person_id)
    UNION ALL
    SELECT 'loyalty', 'actionable_share', count(*) FILTER (is_actionable), count(*) FROM actionable
),
figure AS (
    SELECT c.segment, c.kpi, s.scope, c.unit, coalesce(CAST(f.value AS DOUBLE), 0) AS value
    FROM kpi_card c CROSS JOIN scope s
    LEFT JOIN summed f ON f.segment = c.segment AND f.kpi = c.kpi AND f.scope = s.scope
    WHERE NOT EXISTS (SELECT 1 FROM ratio r WHERE r.segment = c.segment AND r.kpi = c.kpi)
    UNION ALL
    SELECT c.segment, c.kpi, 'group', c.unit, CAST(part AS DOUBLE) / whole
    FROM ratio h JOIN kpi_card c USING (segment, kpi) WHERE whole > 0
)
SELECT f.segment, f.kpi, f.scope, f.value, f.unit, t.target_low, t.target_high
FROM figure f
LEFT JOIN kpi_target t ON t.segment = f.segment AND t.kpi = f.kpi AND f.scope = 'group'
