-- The contract clock of each vehicle held: lease, loan, age, warranties and service contract.
-- Inputs: held; policy frame warranty(make in lower case, from_year, to_year, owner_from, owner_to, basic_months, basic_miles,
--         powertrain_months, powertrain_miles, certified_months, certified_miles).
-- Parameters: $as_of date; $slope_span_days that readings must span before they tell how a lease is driven; $days_per_year; $days_ahead_most, so that a vehicle that hardly moves gives a date at all.
-- An unknown owner number takes the terms of a second owner: cover that may not exist is not promised. Sold as certified, a
-- vehicle has the maker's certified powertrain cover where that is longer. Every cover counts from the in-service date.
WITH own AS (
    SELECT
        held.*, warranty.basic_months, warranty.basic_miles,
        CASE WHEN is_certified THEN greatest(powertrain_months, certified_months) ELSE powertrain_months END AS powertrain_months,
        CASE WHEN is_certified THEN greatest(powertrain_miles, certified_miles) ELSE powertrain_miles END AS powertrain_miles
    FROM held
    LEFT JOIN warranty
        ON warranty.make = lower(held.make)
        AND held.year BETWEEN warranty.from_year AND warranty.to_year
        AND coalesce(held.owner_number, 2) BETWEEN warranty.owner_from AND warranty.owner_to
    QUALIFY row_number() OVER (
        PARTITION BY held.person_id, held.vin
        ORDER BY warranty.to_year - warranty.from_year, warranty.owner_to - warranty.owner_from, warranty.from_year,
            warranty.basic_months, warranty.powertrain_months, warranty.basic_miles, warranty.powertrain_miles
    ) = 1
),
began AS (
    -- Without an in-service date a factory cover began some day of the model year.
    SELECT
        *,
        coalesce(in_service_on, make_date(CAST(year AS INTEGER), 1, 1)) AS starts_from,
        coalesce(in_service_on, make_date(CAST(year AS INTEGER), 12, 31)) AS starts_to
    FROM own
),
cover AS (
    SELECT person_id, vin, 'basic' AS cover, starts_from, starts_to, CAST(starts_from + INTERVAL (basic_months) MONTH AS DATE) AS date_from,
        CAST(starts_to + INTERVAL (basic_months) MONTH AS DATE) AS date_to, basic_miles AS at_miles
    FROM began WHERE starts_from IS NOT NULL AND basic_months IS NOT NULL
    UNION ALL
    SELECT person_id, vin, 'powertrain', starts_from, starts_to, CAST(starts_from + INTERVAL (powertrain_months) MONTH AS DATE),
        CAST(starts_to + INTERVAL (powertrain_months) MONTH AS DATE), powertrain_miles
    FROM began WHERE starts_from IS NOT NULL AND powertrain_months IS NOT NULL
    UNION ALL
    -- A contract's miles count from the miles at its sale; a used car without a reading at sale is judged by date alone.
    SELECT person_id, vin, 'contract', contract_on, contract_on, contract_expires_on, contract_expires_on, contract_at_miles
    FROM began WHERE contract_expires_on IS NOT NULL OR contract_at_miles IS NOT NULL
),
projected AS (
    SELECT
        cover.*,
        CASE
            WHEN cover.at_miles IS NULL OR own.odometer_miles IS NULL OR own.odometer_on IS NULL THEN NULL
            WHEN own.miles_per_day > 0 THEN own.odometer_on + CAST(greatest(
                least(ceil((cover.at_miles - own.odometer_miles) / own.miles_per_day), $days_ahead_most), -$days_ahead_most
            ) AS INTEGER)
            WHEN own.odometer_miles >= cover.at_miles THEN own.odometer_on
        END AS by_miles
    FROM cover
    JOIN own ON own.person_id = cover.person_id AND own.vin = cover.vin
),
cover_end AS (
    -- Whichever is first, and not before the cover began; least and greatest pass over what is null.
    SELECT
        person_id, vin, cover,
        least(date_from, CASE WHEN by_miles IS NOT NULL THEN greatest(starts_from, by_miles) END) AS ends_from,
        least(date_to, CASE WHEN by_miles IS NOT NULL THEN greatest(starts_to, by_miles) END) AS ends_to,
        starts_from = starts_to AS is_sure,
        CASE WHEN date_from IS NULL OR by_miles < date_from THEN 'miles' ELSE 'date' END AS basis
    FROM projected
),
ends AS (
    SELECT
        person_id, vin,
        max(ends_from) FILTER (cover = 'basic') AS basic_from, max(ends_to) FILTER (cover = 'basic') AS basic_to,
        max(basis) FILTER (cover = 'basic' AND is_sure) AS basic_basis,
        max(ends_from) FILTER (cover = 'powertrain') AS powertrain_from, max(ends_to) FILTER (cover = 'powertrain') AS powertrain_to,
        max(basis) FILTER (cover = 'powertrain' AND is_sure) AS powertrain_basis,
        max(ends_from) FILTER (cover = 'contract') AS contract_on, max(basis) FILTER (cover = 'contract') AS contract_basis
    FROM cover_end
    GROUP BY person_id, vin
),
driven AS (
    -- Miles of the lease so far, and those that the way it is driven will have made of it by maturity. Without a reading since it
    -- began there is only what is usual, and that is no evidence.
    SELECT
        person_id, vin,
        greatest(odometer_today - allowance_from_miles, 0) AS miles,
        greatest(odometer_today - allowance_from_miles, 0) + miles_per_day * greatest(date_diff('day', $as_of, matures_on), 0) AS at_end,
        least(
            date_diff('day', allowance_from, $as_of) / nullif(CAST(date_diff('day', allowance_from, matures_on) AS DOUBLE), 0), 1
        ) AS share_over,
        date_diff('day', allowance_from, odometer_on) >= $slope_span_days AS is_told
    FROM own WHERE is_lease AND allowed_miles > 0 AND odometer_today IS NOT NULL AND allowance_from_miles IS NOT NULL
)
SELECT
    own.person_id, own.vin, own.rooftop_id,
    CASE
        WHEN date_diff('day', own.age_from, $as_of) >= -$days_per_year
            THEN round(date_diff('day', own.age_from, $as_of) / $days_per_year, 2)
    END AS vehicle_age_years,
    own.lease_started_on,
    CASE WHEN own.is_lease THEN own.matures_on END AS lease_ends_on,
    CASE WHEN own.is_lease THEN date_diff('day', $as_of, own.matures_on) END AS lease_days_left,
    CASE
        WHEN own.is_lease IS NOT TRUE OR own.matures_on IS NULL THEN NULL
        WHEN own.matures_on < $as_of THEN 'past_maturity'
        WHEN own.is_extended THEN 'extended'
        ELSE 'running'
    END AS lease_state,
    CASE WHEN own.is_lease THEN own.payments_left END AS lease_payments_left,
    CASE WHEN own.is_lease THEN own.allowed_miles END AS lease_allowed_miles,
    driven.miles AS lease_miles_driven,
    CASE WHEN driven.is_told AND own.matures_on >= $as_of THEN round(driven.at_end / own.allowed_miles, 4) END AS lease_miles_pace,
    CASE WHEN driven.is_told AND driven.share_over > 0 THEN round(driven.miles / (own.allowed_miles * driven.share_over), 4) END AS lease_miles_pace_to_date,
    CASE WHEN driven.is_told THEN CAST(round(driven.at_end - own.allowed_miles) AS BIGINT) END AS lease_excess_miles,
    CASE WHEN driven.is_told THEN CAST(round(driven.miles - own.allowed_miles * driven.share_over) AS BIGINT) END
        AS lease_excess_miles_to_date,
    CASE WHEN own.is_loan THEN own.matures_on END AS loan_ends_on,
    CASE WHEN own.is_loan THEN own.payments_left END AS loan_payments_left,
    own.loan_payoff,
    CASE WHEN own.amount_financed > 0 THEN round(CAST(own.loan_payoff AS DOUBLE) / CAST(own.amount_financed AS DOUBLE), 4) END
        AS loan_payoff_share,
    CASE WHEN own.is_loan AND own.payments_left > 0 THEN own.apr_percent END AS apr_percent,
    CASE WHEN own.payments_left > 0 THEN own.monthly_payment END AS monthly_payment,
    own.owner_number,
    coalesce(own.is_certified, false) AS is_certified,
    CASE WHEN ends.basic_basis IS NOT NULL THEN ends.basic_from END AS basic_warranty_ends_on,
    ends.basic_basis AS basic_warranty_basis,
    ends.basic_from AS basic_warranty_earliest_on, ends.basic_to AS basic_warranty_latest_on,
    CASE WHEN ends.powertrain_basis IS NOT NULL THEN ends.powertrain_from END AS powertrain_warranty_ends_on,
    ends.powertrain_basis AS powertrain_warranty_basis,
    ends.powertrain_from AS powertrain_warranty_earliest_on, ends.powertrain_to AS powertrain_warranty_latest_on,
    ends.contract_on AS contract_ends_on, CASE WHEN ends.contract_on IS NOT NULL THEN ends.contract_basis END AS contract_basis,
    own.odometer_today, own.odometer_on, own.miles_per_day,
    -- Without an in-service date only what holds for every day of the model year is said.
    CASE
        WHEN ends.basic_to < $as_of OR own.odometer_today >= own.basic_miles AND ends.basic_basis IS NULL THEN true
        WHEN ends.basic_from >= $as_of THEN false
    END AS is_out_of_warranty
FROM own
LEFT JOIN ends ON ends.person_id = own.person_id AND ends.vin = own.vin
LEFT JOIN driven ON driven.person_id = own.person_id AND driven.vin = own.vin
ORDER BY own.person_id, own.vin
