-- Vehicles believed to be held on the day, with today's odometer and the terms of the person's last deal for each.
-- Inputs: garage, member, transaction.
-- Parameters: $as_of date; $default_miles_per_day where a vehicle's own slope is unknown.
-- Nothing dated after $as_of counts. Open, cancelled, wholesale and internal deals are not a person's contract.
WITH deal AS (
    SELECT *
    FROM "transaction"
    WHERE kind IN ('sale', 'lease') AND status = 'closed' AND occurred_on <= $as_of AND vin IS NOT NULL
        AND coalesce(sale_type, 'retail') NOT IN ('wholesale', 'internal')
),
of_person AS (
    SELECT member.person_id, deal.* FROM deal JOIN member ON member.record_id = deal.record_id
    UNION ALL
    SELECT member.person_id, deal.* FROM deal JOIN member ON member.record_id = deal.co_record_id
),
last_deal AS (
    SELECT * FROM of_person
    QUALIFY row_number() OVER (PARTITION BY person_id, vin ORDER BY occurred_on DESC, transaction_id DESC) = 1
),
term AS (
    SELECT
        person_id, vin, kind AS deal_kind, rooftop_id AS deal_rooftop_id, occurred_on AS deal_on, condition, price,
        odometer_miles AS deal_odometer_miles, term_months, apr_percent, monthly_payment, residual, allowed_miles,
        contract_expires_on, contract_miles, amount_financed,
        kind = 'lease' AS is_lease,
        kind = 'sale' AND coalesce(term_months > 0 AND amount_financed > 0, false) AS is_loan,
        CASE
            WHEN kind = 'sale' AND NOT coalesce(term_months > 0 AND amount_financed > 0, false) THEN NULL
            WHEN matures_on IS NOT NULL THEN matures_on
            WHEN first_payment_on IS NOT NULL THEN CAST(first_payment_on + INTERVAL (term_months - 1) MONTH AS DATE)
            ELSE CAST(occurred_on + INTERVAL (term_months) MONTH AS DATE)
        END AS matures_on,
        coalesce(first_payment_on, CAST(occurred_on + INTERVAL 1 MONTH AS DATE)) AS pays_from
    FROM last_deal
),
paid AS (
    -- Payments due so far: one on pays_from and one each month after it; a month is over only on its own day.
    SELECT
        *,
        CAST(
            CASE
                WHEN pays_from > $as_of THEN 0
                ELSE greatest(least(
                    coalesce(term_months, 0),
                    1 + date_diff('month', pays_from, $as_of)
                    - CASE WHEN pays_from + INTERVAL (date_diff('month', pays_from, $as_of)) MONTH > $as_of THEN 1 ELSE 0 END
                ), 0)
            END AS BIGINT
        ) AS payments_made,
        coalesce(apr_percent, 0) / 1200 AS rate
    FROM term
),
owed AS (
    -- Annuity with monthly compounding: balance = P ((1+r)^N - (1+r)^n) / ((1+r)^N - 1); without interest P (1 - n/N).
    SELECT
        *,
        CASE
            WHEN is_loan AND payments_made >= term_months THEN 0
            WHEN is_loan AND apr_percent IS NULL THEN NULL
            WHEN is_loan AND rate = 0 THEN CAST(amount_financed AS DOUBLE) * (1 - payments_made / CAST(term_months AS DOUBLE))
            WHEN is_loan THEN CAST(amount_financed AS DOUBLE)
                * (pow(1 + rate, term_months) - pow(1 + rate, payments_made)) / (pow(1 + rate, term_months) - 1)
        END AS loan_balance
    FROM paid
)
SELECT
    garage.person_id, garage.vin, garage.household_id, garage.relation, garage.since, garage.owner_number,
    garage.year, garage.make, garage.model, garage.body_style, garage.is_own_brand,
    coalesce(garage.rooftop_id, owed.deal_rooftop_id) AS rooftop_id,
    CASE WHEN garage.in_service_on <= $as_of THEN garage.in_service_on END AS in_service_on,
    coalesce(
        CASE WHEN garage.in_service_on <= $as_of THEN garage.in_service_on END,
        make_date(CAST(garage.year AS INTEGER), 1, 1)
    ) AS age_from,
    garage.odometer_miles, garage.odometer_on,
    coalesce(garage.miles_per_day, $default_miles_per_day) AS miles_per_day,
    CAST(
        round(garage.odometer_miles + coalesce(garage.miles_per_day, $default_miles_per_day)
        * greatest(date_diff('day', coalesce(garage.odometer_on, $as_of), $as_of), 0)) AS BIGINT
    ) AS odometer_today,
    owed.* EXCLUDE (person_id, vin, rate, loan_balance, deal_rooftop_id),
    CAST(round(owed.loan_balance, 2) AS DECIMAL(14, 2)) AS loan_payoff
FROM garage
LEFT JOIN owed ON owed.person_id = garage.person_id AND owed.vin = garage.vin
WHERE garage.is_current AND (garage.since IS NULL OR garage.since <= $as_of)
