-- Vehicles of makes that a brand can win from, of an age, not bought, leased or serviced here.
-- Inputs: lifecycle, garage, conquest_make. Parameters: $years_from, $years_to.
SELECT
    garage.person_id, garage.vin, CAST(NULL AS VARCHAR) AS rooftop_id, CAST(NULL AS DATE) AS due_on, garage.make,
    lifecycle.vehicle_age_years AS age_years, lifecycle.is_out_of_warranty
FROM garage
JOIN lifecycle ON lifecycle.person_id = garage.person_id AND lifecycle.vin = garage.vin
WHERE garage.is_current AND garage.relation IN ('listed', 'stated')
    AND lifecycle.vehicle_age_years BETWEEN $years_from AND $years_to
    AND garage.make IN (SELECT make FROM conquest_make)
ORDER BY garage.person_id, garage.vin
