-- The contract clock of each vehicle held: lease, loan, age, warranties and service contract.
-- Inputs: held; policy frame warranty(make in lower case, from_year, to_year, owner_from, owner_to, basic_months, basic_miles,
--         powertrain_months, powertrain_miles).
-- Parameters: $as_of date; $days_per_year; $days_ahead_most, so that a vehicle that hardly moves gives a date at all.
-- An unknown owner number takes the terms of a second owner: cover that may not exist is not promised.
WITH own AS (
    SELECT held.*, warranty.basic_months, warranty.basic_miles, warranty.powertrain_months, warranty.powertrain_miles
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
cover AS (
    SELECT person_id, vin, 'basic' AS cover, in_service_on AS starts_on,
        CAST(in_service_on + INTERVAL (basic_months) MONTH AS DATE) AS by_date, basic_miles AS at_miles
    FROM own WHERE in_service_on IS NOT NULL AND basic_months IS NOT NULL
    UNION ALL
    SELECT person_id, vin, 'powertrain', in_service_on,
        CAST(in_service_on + INTERVAL (powertrain_months) MONTH AS DATE), powertrain_miles
    FROM own WHERE in_service_on IS NOT NULL AND powertrain_months IS NOT NULL
    UNION ALL
    -- A contract's miles count from the miles at its sale; a used car without a reading at sale is judged by date alone.
    SELECT person_id, vin, 'contract', deal_on, contract_expires_on,
        contract_miles + coalesce(deal_odometer_miles, CASE WHEN condition = 'new' THEN 0 END)
    FROM own WHERE contract_expires_on IS NOT NULL OR contract_miles IS NOT NULL
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
    SELECT person_id, vin, cover, least(by_date, CASE WHEN by_miles IS NOT NULL THEN greatest(starts_on, by_miles) END) AS ends_on
    FROM projected
),
ends AS (
    SELECT
        person_id, vin,
        max(ends_on) FILTER (cover = 'basic') AS basic_warranty_ends_on,
        max(ends_on) FILTER (cover = 'powertrain') AS powertrain_warranty_ends_on,
        max(ends_on) FILTER (cover = 'contract') AS contract_ends_on
    FROM cover_end
    GROUP BY person_id, vin
)
SELECT
    own.person_id, own.vin, own.rooftop_id,
    CASE
        WHEN date_diff('day', own.age_from, $as_of) >= -$days_per_year
            THEN round(date_diff('day', own.age_from, $as_of) / $days_per_year, 2)
    END AS vehicle_age_years,
    CASE WHEN own.is_lease THEN own.matures_on END AS lease_ends_on,
    CASE WHEN own.is_lease THEN date_diff('day', $as_of, own.matures_on) END AS lease_days_left,
    CASE
        WHEN own.is_lease AND own.allowed_miles > 0 AND own.matures_on >= $as_of THEN round(
            (own.odometer_today - coalesce(own.deal_odometer_miles, 0)
                + own.miles_per_day * date_diff('day', $as_of, own.matures_on)) / own.allowed_miles, 4
        )
    END AS lease_miles_pace,
    CASE WHEN own.is_loan THEN own.matures_on END AS loan_ends_on,
    own.loan_payoff,
    CASE WHEN own.is_loan AND own.payments_made < own.term_months THEN own.apr_percent END AS apr_percent,
    ends.basic_warranty_ends_on, ends.powertrain_warranty_ends_on, ends.contract_ends_on,
    own.odometer_today,
    -- Without an in-service date only what holds for every day of the model year is said.
    CASE
        WHEN ends.basic_warranty_ends_on IS NOT NULL THEN ends.basic_warranty_ends_on < $as_of
        WHEN own.odometer_today >= own.basic_miles THEN true
        WHEN make_date(CAST(own.year AS INTEGER), 12, 31) + INTERVAL (own.basic_months) MONTH < $as_of THEN true
        WHEN make_date(CAST(own.year AS INTEGER), 1, 1) + INTERVAL (own.basic_months) MONTH >= $as_of THEN false
    END AS is_out_of_warranty
FROM own
LEFT JOIN ends ON ends.person_id = own.person_id AND ends.vin = own.vin
ORDER BY own.person_id, own.vin
