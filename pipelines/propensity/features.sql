-- What was known of each person, or of a device that was not yet anybody's, at the end of one day.
-- Inputs: known_record, act, look, deal, visit (made by the queries beside this one).
-- Parameters: $cutoff date; $seed; $first_year, $later_years shares of value lost and $band half-width, for equity.
-- Nothing dated after $cutoff is read. Decays add DECIMALs, so that the order of rows cannot matter.
WITH known AS (
    SELECT record_id, person_id, is_web,
        CASE WHEN joined_on <= $cutoff THEN person_id ELSE record_id END AS unit_id, coalesce(joined_on <= $cutoff, false) AS is_joined
    FROM known_record
    WHERE known_on <= $cutoff
),
unit AS (
    SELECT unit_id, person_id, bool_and(is_web) AS is_web_only FROM known GROUP BY unit_id, person_id
),
day_act AS (
    SELECT k.unit_id, a.act, date_diff('day', a.on_day, $cutoff) AS age, sum(a.acts) AS acts
    FROM act a JOIN known k USING (record_id)
    WHERE a.on_day <= $cutoff AND a.on_day > $cutoff - 120
    GROUP BY ALL
),
-- Caps per kind and day keep a page that reloads from looking like a buyer.
behaviour AS (
    SELECT unit_id,
        CAST(sum(CAST(least(acts, 10) * pow(0.5, age / 7.0) AS DECIMAL(18, 6))) FILTER (act = 'vehicle') AS DOUBLE) AS vehicle_pages_7,
        CAST(sum(CAST(least(acts, 10) * pow(0.5, age / 30.0) AS DECIMAL(18, 6))) FILTER (act = 'vehicle') AS DOUBLE) AS vehicle_pages_30,
        CAST(sum(CAST(least(acts, 10) * pow(0.5, age / 14.0) AS DECIMAL(18, 6))) FILTER (act = 'browse') AS DOUBLE) AS browsing_14,
        CAST(sum(CAST(least(acts, 10) * pow(0.5, age / 14.0) AS DECIMAL(18, 6))) FILTER (act = 'tool') AS DOUBLE) AS tools_14,
        CAST(sum(CAST(least(acts, 3) * pow(0.5, age / 14.0) AS DECIMAL(18, 6))) FILTER (act = 'form') AS DOUBLE) AS forms_14,
        CAST(sum(CAST(least(acts, 3) * pow(0.5, age / 30.0) AS DECIMAL(18, 6))) FILTER (act = 'lead') AS DOUBLE) AS leads_30,
        CAST(sum(CAST(least(acts, 3) * pow(0.5, age / 30.0) AS DECIMAL(18, 6))) FILTER (act = 'third_lead') AS DOUBLE) AS third_party_leads_30,
        CAST(sum(CAST(least(acts, 3) * pow(0.5, age / 30.0) AS DECIMAL(18, 6))) FILTER (act = 'talk') AS DOUBLE) AS talks_30,
        CAST(sum(CAST(least(acts, 5) * pow(0.5, age / 30.0) AS DECIMAL(18, 6))) FILTER (act = 'third') AS DOUBLE) AS third_party_30,
        CAST(sum(CAST(least(acts, 3) * pow(0.5, age / 30.0) AS DECIMAL(18, 6))) FILTER (act = 'mail') AS DOUBLE) AS mail_30,
        CAST(sum(CAST(least(acts, 3) * pow(0.5, age / 30.0) AS DECIMAL(18, 6))) FILTER (act = 'service') AS DOUBLE) AS service_requests_30,
        count(DISTINCT age) FILTER (is_shopping AND age < 7) AS active_days_7,
        count(DISTINCT age) FILTER (is_shopping AND age < 30) AS active_days_30,
        count(DISTINCT age) FILTER (is_shopping AND age < 90) AS active_days_90,
        count(DISTINCT age) FILTER (is_shopping AND age < 14) - count(DISTINCT age) FILTER (is_shopping AND age >= 14 AND age < 28)
            AS trend_14,
        count(DISTINCT act) FILTER (is_shopping AND age < 30) AS breadth_30,
        min(age) FILTER (is_shopping) AS days_since_touch,
        max(age) FILTER (is_shopping) AS days_since_first_touch,
        min(age) FILTER (act IN ('form', 'lead', 'talk', 'third_lead')) AS days_since_contact
    FROM (SELECT *, act NOT IN ('mail', 'service') AS is_shopping FROM day_act)
    GROUP BY unit_id
),
seen AS (
    SELECT k.unit_id, l.vin, l.model, l.on_day
    FROM look l JOIN known k USING (record_id)
    WHERE l.on_day <= $cutoff AND l.on_day > $cutoff - 60
),
breadth AS (SELECT unit_id, count(DISTINCT model) AS models_60 FROM seen GROUP BY unit_id),
repeated AS (
    SELECT unit_id, max(days) AS repeat_days_60
    FROM (SELECT unit_id, vin, count(DISTINCT on_day) AS days FROM seen GROUP BY unit_id, vin)
    GROUP BY unit_id
),
bought AS (
    SELECT d.*, k.unit_id
    FROM deal d JOIN known k USING (record_id)
    WHERE d.occurred_on <= $cutoff AND k.is_joined
),
gone AS (SELECT DISTINCT unit_id, unnest([trade_vin, trade_vin_2]) AS vin FROM bought),
contract AS (
    -- one row per person and vehicle: the last deal for it, if it was not traded in since
    SELECT b.*
    FROM bought b
    ANTI JOIN gone g ON g.unit_id = b.unit_id AND g.vin = b.vin
    QUALIFY row_number() OVER (PARTITION BY b.unit_id, coalesce(b.vin, b.transaction_id) ORDER BY b.occurred_on DESC, b.transaction_id DESC) = 1
),
newest AS (
    SELECT unit_id, condition AS last_condition, model_year,
        CASE WHEN kind = 'sale' AND term_months > 0 AND amount_financed > 0 THEN date_diff('day', $cutoff, matures_on) END AS loan_days,
        CASE WHEN kind = 'lease' THEN date_diff('day', $cutoff, matures_on) END AS lease_days,
        -- The price loses value as policy says; the debt is the annuity's, with a payment each month since the deal.
        CASE WHEN kind = 'sale' AND price > 0 THEN
            price * (1 - $band) * pow(1 - $first_year, CASE WHEN condition = 'new' THEN least(years, 1) ELSE 0 END)
            * pow(1 - $later_years, CASE WHEN condition = 'new' THEN greatest(years - 1, 0) ELSE years END)
            - CASE
                WHEN coalesce(term_months, 0) <= 0 OR coalesce(amount_financed, 0) <= 0 OR paid >= term_months THEN 0
                WHEN rate = 0 THEN amount_financed * (1 - paid / term_months)
                ELSE amount_financed * (pow(1 + rate, term_months) - pow(1 + rate, paid)) / (pow(1 + rate, term_months) - 1)
            END
        END AS equity_low
    FROM (
        SELECT *, date_diff('day', occurred_on, $cutoff) / 365.25 AS years,
            CAST(floor(date_diff('day', occurred_on, $cutoff) / 30.4375) AS DOUBLE) AS paid
        FROM contract
    )
    QUALIFY row_number() OVER (PARTITION BY unit_id ORDER BY occurred_on DESC, transaction_id DESC) = 1
),
sales AS (
    SELECT unit_id, count(DISTINCT transaction_id) AS deals, max(occurred_on) AS last_sale_on,
        count(DISTINCT transaction_id) FILTER (occurred_on > $cutoff - 1096) AS deals_36m
    FROM bought GROUP BY unit_id
),
served AS (
    SELECT k.unit_id, max(v.occurred_on) AS last_service_on,
        count(DISTINCT v.transaction_id) FILTER (v.occurred_on > $cutoff - 731) AS visits_24m,
        CAST(sum(v.customer_pay) FILTER (v.occurred_on > $cutoff - 1096) AS DOUBLE) AS customer_pay_36m,
        max(v.model_year) FILTER (v.occurred_on > $cutoff - 731) AS served_year
    FROM visit v JOIN known k USING (record_id)
    WHERE v.occurred_on <= $cutoff AND k.is_joined
    GROUP BY k.unit_id
)
SELECT
    u.unit_id, u.person_id,
    CASE WHEN u.is_web_only THEN 'web_only' WHEN s.unit_id IS NOT NULL OR v.unit_id IS NOT NULL THEN 'customer' ELSE 'contact' END
        AS population,
    -- a fixed draw of 0 to 999 for each unit and day, for whom the model learns from
    CAST(('0x' || left(md5(concat_ws('|', $seed, u.unit_id, $cutoff)), 6)) AS INTEGER) % 1000 AS draw,
    b.* EXCLUDE (unit_id), br.models_60, r.repeat_days_60,
    n.lease_days AS lease_days_left, round(n.loan_days / 30.4375, 2) AS loan_months_left,
    round(n.equity_low / 1000, 1) AS equity_low_thousands,
    round(date_diff('day', s.last_sale_on, $cutoff) / 30.4375, 2) AS months_since_sale,
    s.deals, s.deals_36m,
    round(date_diff('day', v.last_service_on, $cutoff) / 30.4375, 2) AS months_since_service,
    v.visits_24m, v.customer_pay_36m,
    CASE n.last_condition WHEN 'new' THEN 2 WHEN 'used' THEN 1 END AS was_bought_new,
    round(date_diff('day', make_date(CAST(coalesce(n.model_year, v.served_year) AS INTEGER), 1, 1), $cutoff) / 365.25, 2) AS vehicle_age_years,
    CASE WHEN v.unit_id IS NOT NULL AND n.unit_id IS NULL THEN 1 END AS is_service_only
FROM unit u
LEFT JOIN behaviour b ON b.unit_id = u.unit_id
LEFT JOIN breadth br ON br.unit_id = u.unit_id
LEFT JOIN repeated r ON r.unit_id = u.unit_id
LEFT JOIN newest n ON n.unit_id = u.unit_id
LEFT JOIN sales s ON s.unit_id = u.unit_id
LEFT JOIN served v ON v.unit_id = u.unit_id
WHERE NOT u.is_web_only OR b.days_since_touch < 90
ORDER BY u.unit_id
