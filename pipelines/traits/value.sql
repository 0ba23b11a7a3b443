-- The supplied value that counts for each vehicle held: by VIN, else by year, make and model, of the same trim where told.
-- Inputs: held, vehicle; supplied(make, model in the vocabulary's spelling, and the columns of vehicle_values).
-- Parameters: $as_of date; $stale_days; $miles within which a value by model counts; $band half-width where there are no bounds;
--             $share of value per 1,000 miles, $most_share that miles may add or take.
WITH fresh AS (
    SELECT
        * EXCLUDE (value_low, value_mid, value_high),
        CAST(coalesce(value_low, wholesale) AS DOUBLE) AS low, CAST(value_mid AS DOUBLE) AS mid,
        CAST(coalesce(value_high, retail) AS DOUBLE) AS high
    FROM supplied
    WHERE valued_on <= $as_of AND valued_on + CAST($stale_days AS INTEGER) >= $as_of
        AND coalesce(value_mid, value_low, wholesale, value_high, retail) > 0
),
matched AS (
    SELECT held.person_id, held.vin, held.odometer_today, fresh.* EXCLUDE (vin), true AS is_of_vin, false AS is_of_trim
    FROM held JOIN fresh ON fresh.vin = held.vin
    UNION ALL
    SELECT held.person_id, held.vin, held.odometer_today, fresh.* EXCLUDE (vin), false, fresh.trim IS NOT NULL
    FROM held
    LEFT JOIN vehicle ON vehicle.vin = held.vin
    JOIN fresh ON fresh.vin IS NULL AND fresh.year = held.year AND lower(fresh.make) = lower(held.make)
        AND lower(fresh.model) = lower(held.model)
    WHERE (fresh.trim IS NULL OR lower(trim(fresh.trim)) = lower(trim(vehicle.trim)))
        AND coalesce(abs(fresh.miles - held.odometer_today) <= $miles, true)
),
chosen AS (
    SELECT * FROM matched
    QUALIFY row_number() OVER (
        PARTITION BY person_id, vin
        ORDER BY is_of_vin DESC, is_of_trim DESC, valued_on DESC, abs(miles - odometer_today) NULLS LAST, value_provider, mid, low, high, miles
    ) = 1
),
bounded AS (
    SELECT
        *,
        coalesce(mid, (low + high) / 2, low / (1 - $band), high / (1 + $band)) AS central,
        1 - greatest(least(coalesce($share * (odometer_today - miles) / 1000, 0), $most_share), -$most_share) AS by_miles
    FROM chosen
)
SELECT
    person_id, vin, value_provider, valued_on,
    least(coalesce(low, central * (1 - $band)), central) * by_miles AS low,
    central * by_miles AS mid,
    greatest(coalesce(high, central * (1 + $band)), central) * by_miles AS high
FROM bounded
ORDER BY person_id, vin
