-- Vehicles out of their basic warranty. Input: lifecycle. Parameters: $as_of date; $age_years_to.
-- Where only the model year is known, the warranty may be known to be over without the day.
SELECT
    person_id, vin, rooftop_id, CAST(NULL AS DATE) AS due_on,
    CASE WHEN basic_warranty_ends_on < $as_of THEN basic_warranty_ends_on END AS ended_on, vehicle_age_years AS age_years,
    odometer_today AS miles_today
FROM lifecycle
WHERE is_out_of_warranty AND coalesce(vehicle_age_years <= $age_years_to, true)
ORDER BY person_id, vin
