-- Value of each vehicle held, supplied or estimated, less what is owed on it.
-- Inputs: held; value (value.sql); policy frames make_position(make in lower case, default_msrp), list_price(make, model in lower
--         case, msrp).
-- Parameters: $as_of date; $first_year, $later_years shares of value lost; $band half-width as a share; $default_msrp where the
--             make has no position of its own; $days_per_year; $miles_per_year that are usual; $share of value per 1,000 miles,
--             $most_share that miles may add or take; $lien_years below which a vehicle bought elsewhere may carry a debt.
-- What is left of a new price after a years: (1 - first_year)^min(a, 1) x (1 - later_years)^max(a - 1, 0). A price paid for a
-- used car is scaled by the part of that curve that lies between its sale and today, and so are the miles that are usual.
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
        pow(1 - $first_year, least(age_at_deal, 1)) * pow(1 - $later_years, greatest(age_at_deal - 1, 0)) AS left_at_deal,
        CASE
            WHEN price > 0 THEN odometer_today - deal_odometer_miles - (age - age_at_deal) * $miles_per_year
            ELSE odometer_today - age * $miles_per_year
        END AS unusual_miles
    FROM aged
),
estimated AS (
    SELECT
        *,
        CASE
            WHEN age_from IS NULL THEN NULL
            WHEN price > 0 THEN CAST(price AS DOUBLE) * left_today / left_at_deal
            ELSE new_price * left_today
        END * (1 - greatest(least(coalesce($share * unusual_miles / 1000, 0), $most_share), -$most_share)) AS estimate
    FROM worth
),
valued AS (
    SELECT
        estimated.*, value.value_provider, value.valued_on,
        coalesce(value.low, estimate * (1 - $band)) AS low, coalesce(value.mid, estimate) AS mid,
        coalesce(value.high, estimate * (1 + $band)) AS high
    FROM estimated
    LEFT JOIN value ON value.person_id = estimated.person_id AND value.vin = estimated.vin
),
based AS (
    SELECT
        *,
        CASE
            WHEN is_lease AND (residual IS NULL OR payments_left IS NULL OR (payments_left > 0 AND monthly_payment IS NULL)) THEN 'unknown'
            WHEN is_lease THEN 'lease_buyout'
            WHEN is_loan AND loan_payoff IS NULL THEN 'unknown'
            WHEN is_loan AND payments_left = 0 THEN 'paid_off'
            WHEN is_loan THEN 'loan_schedule'
            -- Half of a loan's terms is a loan whose debt is not known.
            WHEN deal_kind = 'sale' AND (amount_financed > 0 OR (term_months > 1 AND monthly_payment > 0)) THEN 'unknown'
            WHEN deal_kind = 'sale' THEN 'none_in_deal'
            WHEN age >= $lien_years THEN 'assumed_none'
            ELSE 'unknown'
        END AS payoff_basis
    FROM valued
),
rounded AS (
    SELECT
        person_id, vin,
        CAST(round(low, 2) AS DECIMAL(14, 2)) AS value_low,
        CAST(round(mid, 2) AS DECIMAL(14, 2)) AS value_mid,
        CAST(round(high, 2) AS DECIMAL(14, 2)) AS value_high,
        -- To own a leased vehicle the payments that remain and the residual are owed. What was owed on an earlier car and rolled
        -- into the loan is part of the amount financed, and so of the payoff.
        CASE payoff_basis
            WHEN 'unknown' THEN NULL
            WHEN 'lease_buyout' THEN residual + payments_left * coalesce(monthly_payment, 0)
            WHEN 'loan_schedule' THEN loan_payoff
            ELSE 0
        END AS payoff,
        payoff_basis, value_provider, valued_on
    FROM based
)
SELECT
    person_id, vin, value_low, value_mid, value_high, payoff, payoff_basis,
    value_low - payoff AS equity_low,
    value_mid - payoff AS equity_mid,
    value_high - payoff AS equity_high,
    CASE WHEN valued_on IS NULL THEN 'depreciation_estimate' ELSE 'supplied' END AS value_source,
    value_provider, valued_on
FROM rounded
ORDER BY person_id, vin
