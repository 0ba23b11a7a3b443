-- Recency, frequency and monetary value per person, and their quintiles within the home rooftop.
-- Inputs: transaction, member.
-- Parameters: $as_of date; $monetary_months, $service_months windows; $recency_weight, $frequency_weight, $monetary_weight;
--             $least_to_rank people that a rooftop needs before fifths of it mean anything.
-- A deal counts for its buyer, not again for the co-buyer. Deals that are open, unwound, wholesale or internal do not count,
-- nor do orders that neither the customer nor warranty paid for; warranty and internal pay are no money of the person's.
WITH dated AS (
    SELECT
        member.person_id, t.*,
        t.occurred_on > $as_of - INTERVAL ($monetary_months) MONTH AS is_in_monetary,
        t.occurred_on > $as_of - INTERVAL ($service_months) MONTH AS is_in_service
    FROM "transaction" AS t
    JOIN member ON member.record_id = t.record_id
    WHERE t.occurred_on <= $as_of
),
activity AS (
    SELECT *, true AS is_deal
    FROM dated
    WHERE kind IN ('sale', 'lease') AND status = 'closed' AND coalesce(sale_type, 'retail') NOT IN ('wholesale', 'internal')
    UNION ALL
    SELECT *, false AS is_deal
    FROM dated
    WHERE kind = 'service' AND status <> 'cancelled' AND (customer_pay > 0 OR warranty_pay > 0)
),
home AS (
    SELECT person_id, rooftop_id AS home_rooftop_id
    FROM activity
    QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY occurred_on DESC, transaction_id DESC) = 1
),
measured AS (
    SELECT
        person_id,
        max(occurred_on) AS last_on,
        max(occurred_on) FILTER (is_deal) AS last_sale_on,
        count(*) FILTER (is_deal AND is_in_monetary) AS sales_36m,
        coalesce(sum(gross) FILTER (is_deal AND is_in_monetary), 0) AS sales_gross_36m,
        max(occurred_on) FILTER (NOT is_deal) AS last_service_on,
        count(*) FILTER (NOT is_deal AND is_in_service AND customer_pay > 0) AS services_24m,
        coalesce(sum(customer_pay) FILTER (NOT is_deal AND is_in_monetary), 0) AS customer_pay_36m
    FROM activity
    GROUP BY person_id
),
ranked AS (
    SELECT
        measured.*, home.home_rooftop_id,
        count(*) OVER (PARTITION BY home.home_rooftop_id) AS people,
        ntile(5) OVER (PARTITION BY home.home_rooftop_id ORDER BY last_on, measured.person_id) AS recency,
        ntile(5) OVER (PARTITION BY home.home_rooftop_id ORDER BY sales_36m + services_24m, measured.person_id) AS frequency,
        ntile(5) OVER (PARTITION BY home.home_rooftop_id ORDER BY sales_gross_36m + customer_pay_36m, measured.person_id)
            AS monetary
    FROM measured
    JOIN home ON home.person_id = measured.person_id
),
rankable AS (
    SELECT
        * EXCLUDE (recency, frequency, monetary),
        CASE WHEN is_rankable THEN recency END AS recency_quintile,
        CASE WHEN is_rankable THEN frequency END AS frequency_quintile,
        CASE WHEN is_rankable THEN monetary END AS monetary_quintile
    FROM (SELECT *, home_rooftop_id IS NOT NULL AND people >= $least_to_rank AS is_rankable FROM ranked)
)
SELECT
    *,
    round($recency_weight * recency_quintile + $frequency_weight * frequency_quintile + $monetary_weight * monetary_quintile, 6)
        AS rfm_score
FROM rankable
ORDER BY person_id
