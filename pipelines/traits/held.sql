-- Vehicles believed to be held on the day, with today's odometer, the terms of the person's last deal and what is owed.
-- Inputs: garage; term (terms.sql, its apr_percent filled in where the payment tells it).
-- Parameters: $as_of date; $default_miles_per_day where a vehicle's own slope is unknown.
WITH paid AS (
    -- Payments due so far: one on pays_from and one each month after it; a month is over only on its own day, and where the
    -- month has no such day, on its last one.
    SELECT
        *,
        CAST(
            CASE
                WHEN term_months IS NULL THEN NULL
                WHEN pays_from > $as_of THEN 0
                ELSE greatest(least(
                    term_months,
                    1 + date_diff('month', pays_from, $as_of)
                    - CASE WHEN pays_from + INTERVAL (date_diff('month', pays_from, $as_of)) MONTH > $as_of THEN 1 ELSE 0 END
                ), 0)
            END AS BIGINT
        ) AS payments_made,
        apr_percent / 1200 AS rate,
        CAST(amount_financed AS DOUBLE) - coalesce(CAST(balloon AS DOUBLE), 0) AS repaid,
        coalesce(CAST(balloon AS DOUBLE), 0) AS last_amount
    FROM term
),
owed AS (
    -- Annuity with monthly compounding: what is repaid by instalments, P, leaves P ((1+r)^N - (1+r)^n) / ((1+r)^N - 1) after n of N
    -- payments, without interest P (1 - n/N); a balloon is owed whole until it is due, and whether it was paid then is not known.
    SELECT
        *,
        CASE
            WHEN NOT is_loan THEN NULL
            WHEN payments_made >= term_months THEN CASE WHEN last_amount = 0 THEN 0 END
            WHEN rate IS NULL THEN NULL
            WHEN rate = 0 THEN repaid * (1 - payments_made / CAST(term_months AS DOUBLE)) + last_amount
            ELSE repaid * (pow(1 + rate, term_months) - pow(1 + rate, payments_made)) / (pow(1 + rate, term_months) - 1) + last_amount
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
    owed.* EXCLUDE (person_id, vin, rate, repaid, last_amount, loan_balance, deal_rooftop_id),
    CASE WHEN owed.is_loan OR owed.is_lease THEN greatest(owed.term_months - owed.payments_made, 0) END AS payments_left,
    CAST(round(owed.loan_balance, 2) AS DECIMAL(14, 2)) AS loan_payoff
FROM garage
LEFT JOIN owed ON owed.person_id = garage.person_id AND owed.vin = garage.vin
WHERE garage.is_current AND (garage.since IS NULL OR garage.since <= $as_of)
