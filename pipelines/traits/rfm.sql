-- Recency, frequency and monetary value per subject, for sales, for service and for both, with their fifths.
-- Inputs: transaction; subject(record_id, subject_id): the person or household of each record; rooftop_brand(rooftop_id, brand).
-- Parameters: $as_of date; $monetary_months, $service_months windows; $rewrite_days as in terms.sql; $least_to_rank subjects that a rooftop or brand needs
--             before fifths of it mean anything.
-- A deal counts for its buyer, not again for the co-buyer. Deals that are open, unwound, wholesale or internal do not count,
-- nor does a deal that was rewritten under a newer number (terms.sql), nor do orders that neither the customer nor warranty paid for; warranty and internal pay are no money of the customer's.
WITH dated AS (
    SELECT
        subject.subject_id, t.*,
        t.occurred_on > $as_of - INTERVAL ($monetary_months) MONTH AS is_in_monetary,
        t.occurred_on > $as_of - INTERVAL ($service_months) MONTH AS is_in_service
    FROM "transaction" AS t
    JOIN subject ON subject.record_id = t.record_id
    WHERE t.occurred_on <= $as_of
),
deal AS (
    SELECT *, try_cast(regexp_replace(number, '[^0-9]', '', 'g') AS BIGINT) AS deal_number
    FROM dated
    WHERE kind IN ('sale', 'lease') AND status = 'closed' AND coalesce(sale_type, 'retail') NOT IN ('wholesale', 'internal')
),
activity AS (
    SELECT * EXCLUDE (deal_number), true AS is_deal
    FROM deal
    WHERE NOT EXISTS (
        FROM deal AS newer
        WHERE newer.subject_id = deal.subject_id AND newer.vin = deal.vin
            AND newer.rooftop_id IS NOT DISTINCT FROM deal.rooftop_id AND newer.deal_number > deal.deal_number
            AND abs(date_diff('day', deal.occurred_on, newer.occurred_on)) <= $rewrite_days
    )
    UNION ALL
    SELECT *, false AS is_deal
    FROM dated
    WHERE kind = 'service' AND status <> 'cancelled' AND (customer_pay > 0 OR warranty_pay > 0)
),
measured AS (
    -- The latest rooftop; on one day a deal's before an order's, then by the rooftop's id: never by anybody's number.
    SELECT
        subject_id,
        max(occurred_on) AS last_on,
        max(occurred_on) FILTER (is_deal) AS last_sale_on,
        count(*) FILTER (is_deal AND is_in_monetary) AS sales_36m,
        coalesce(sum(gross) FILTER (is_deal AND is_in_monetary), 0) AS sales_gross_36m,
        min(occurred_on) FILTER (NOT is_deal) AS first_service_on,
        max(occurred_on) FILTER (NOT is_deal) AS last_service_on,
        count(*) FILTER (NOT is_deal AND is_in_service AND customer_pay > 0) AS services_24m,
        coalesce(sum(customer_pay) FILTER (NOT is_deal AND is_in_monetary), 0) AS customer_pay_36m,
        max_by(coalesce(rooftop_id, ''), (occurred_on, is_deal, coalesce(rooftop_id, ''))) AS home_rooftop_id,
        max_by(coalesce(rooftop_id, ''), (occurred_on, coalesce(rooftop_id, ''))) FILTER (is_deal) AS sales_rooftop_id,
        max_by(coalesce(rooftop_id, ''), (occurred_on, coalesce(rooftop_id, ''))) FILTER (NOT is_deal) AS service_rooftop_id
    FROM activity
    GROUP BY subject_id
),
side AS (
    SELECT subject_id, 'both' AS side, home_rooftop_id AS rooftop_id, last_on, sales_36m + services_24m AS times,
        sales_gross_36m + customer_pay_36m AS money
    FROM measured
    UNION ALL
    SELECT subject_id, 'sales', sales_rooftop_id, last_sale_on, sales_36m, sales_gross_36m
    FROM measured WHERE last_sale_on IS NOT NULL
    UNION ALL
    SELECT subject_id, 'service', service_rooftop_id, last_service_on, services_24m, customer_pay_36m
    FROM measured WHERE last_service_on IS NOT NULL
),
placed AS (
    SELECT *, 'rooftop' AS scope, rooftop_id AS place FROM side WHERE rooftop_id <> ''
    UNION ALL
    SELECT side.*, 'brand', rooftop_brand.brand
    FROM side
    JOIN rooftop_brand ON rooftop_brand.rooftop_id = side.rooftop_id
    WHERE side.side <> 'both'
),
ranked AS (
    -- The middle of those that are equal decides their fifth, so equal ones share it and the order of rows never counts.
    SELECT
        subject_id, side, scope, count(*) OVER whole AS people,
        2 * (rank() OVER (whole ORDER BY last_on) - 1) + count(*) OVER (PARTITION BY side, scope, place, last_on) AS recency,
        2 * (rank() OVER (whole ORDER BY times) - 1) + count(*) OVER (PARTITION BY side, scope, place, times) AS frequency,
        2 * (rank() OVER (whole ORDER BY money) - 1) + count(*) OVER (PARTITION BY side, scope, place, money) AS monetary
    FROM placed
    WINDOW whole AS (PARTITION BY side, scope, place)
),
fifth AS (
    SELECT
        subject_id, side || '_' || scope AS cut,
        1 + (5 * recency) // (2 * people) AS recency, 1 + (5 * frequency) // (2 * people) AS frequency,
        1 + (5 * monetary) // (2 * people) AS monetary
    FROM ranked
    WHERE people >= $least_to_rank
),
cut AS (
    SELECT
        subject_id,
        max(recency) FILTER (cut = 'both_rooftop') AS recency_quintile,
        max(frequency) FILTER (cut = 'both_rooftop') AS frequency_quintile,
        max(monetary) FILTER (cut = 'both_rooftop') AS monetary_quintile,
        max(recency) FILTER (cut = 'sales_rooftop') AS sales_recency_quintile,
        max(frequency) FILTER (cut = 'sales_rooftop') AS sales_frequency_quintile,
        max(monetary) FILTER (cut = 'sales_rooftop') AS sales_monetary_quintile,
        max(recency) FILTER (cut = 'sales_brand') AS sales_brand_recency_quintile,
        max(frequency) FILTER (cut = 'sales_brand') AS sales_brand_frequency_quintile,
        max(monetary) FILTER (cut = 'sales_brand') AS sales_brand_monetary_quintile,
        max(recency) FILTER (cut = 'service_rooftop') AS service_recency_quintile,
        max(frequency) FILTER (cut = 'service_rooftop') AS service_frequency_quintile,
        max(monetary) FILTER (cut = 'service_rooftop') AS service_monetary_quintile,
        max(recency) FILTER (cut = 'service_brand') AS service_brand_recency_quintile,
        max(frequency) FILTER (cut = 'service_brand') AS service_brand_frequency_quintile,
        max(monetary) FILTER (cut = 'service_brand') AS service_brand_monetary_quintile
    FROM fifth
    GROUP BY subject_id
)
SELECT
    measured.* EXCLUDE (home_rooftop_id, sales_rooftop_id, service_rooftop_id),
    nullif(home_rooftop_id, '') AS home_rooftop_id, nullif(sales_rooftop_id, '') AS sales_rooftop_id,
    nullif(service_rooftop_id, '') AS service_rooftop_id, cut.* EXCLUDE (subject_id)
FROM measured
LEFT JOIN cut ON cut.subject_id = measured.subject_id
ORDER BY measured.subject_id
