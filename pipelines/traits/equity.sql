-- Estimated value of each vehicle held less what is owed on it.
-- Inputs: held; policy frames make_position(make in lower case, default_msrp), list_price(make, model in lower case, msrp).
-- Parameters: $as_of date; $first_year, $later_years shares of value lost; $band half-width as a share; $default_msrp where the
--             make has no position of its own; $days_per_year.
-- What is left of a new price after a years: (1 - first_year)^min(a, 1) x (1 - later_years)^max(a - 1, 0). A price paid for a
-- used car is scaled by the part of that curve that lies between its sale and today.
WITH aged AS (
    SELECT
        held.*,
        greatest(date_diff('day', age_from, $as_of) / $days_per_year, 0) AS age,
        greatest(date_diff('day', age_from, coalesce(deal_on, $as_of)) / $days_per_year, 0) AS age_at_deal,
        coalesce(list_price.msrp, make_position.default_msrp, $default_msrp) AS new_price
    FROM held
    LEFT JOIN make_position ON make_position.make = lower(held.make)
    LEFT JOIN list_price ON list_price.make = lower(held.make) AND list_price.model = lower(held.model)
),
worth AS (
    SELECT
        *,
        pow(1 - $first_year, least(age, 1)) * pow(1 - $later_years, greatest(age - 1, 0)) AS left_today,
        pow(1 - $first_year, least(age_at_deal, 1)) * pow(1 - $later_years, greatest(age_at_deal - 1, 0)) AS left_at_deal
    FROM aged
),
valued AS (
    SELECT
        *,
        CASE
            WHEN age_from IS NULL THEN NULL
            WHEN price > 0 THEN CAST(price AS DOUBLE) * left_today / left_at_deal
            ELSE new_price * left_today
        END AS worth_mid
    FROM worth
),
rounded AS (
    SELECT
        person_id, vin,
        CAST(round(worth_mid * (1 - $band), 2) AS DECIMAL(14, 2)) AS value_low,
        CAST(round(worth_mid, 2) AS DECIMAL(14, 2)) AS value_mid,
        CAST(round(worth_mid * (1 + $band), 2) AS DECIMAL(14, 2)) AS value_high,
        -- To own a leased vehicle the payments that remain and the residual are owed; without them it is not known.
        CASE
            WHEN is_lease AND payments_made >= term_months THEN residual
            WHEN is_lease THEN residual + (term_months - payments_made) * monthly_payment
            WHEN is_loan THEN loan_payoff
            ELSE 0
        END AS payoff
    FROM valued
)
SELECT
    *,
    value_low - payoff AS equity_low,
    value_mid - payoff AS equity_mid,
    value_high - payoff AS equity_high,
    'depreciation_estimate' AS value_source
FROM rounded
ORDER BY person_id, vin
