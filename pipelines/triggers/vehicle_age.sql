-- Vehicles of an age. Input: lifecycle. Parameter: $years_from.
SELECT
    person_id, vin, rooftop_id, CAST(NULL AS DATE) AS due_on, vehicle_age_years AS age_years, odometer_today AS miles_today,
    is_out_of_warranty
FROM lifecycle
WHERE vehicle_age_years >= $years_from
ORDER BY person_id, vin
