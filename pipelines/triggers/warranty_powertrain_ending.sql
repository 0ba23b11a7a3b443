-- Powertrain warranties that end within the window. Input: lifecycle. Parameters: $as_of date; $window_days.
SELECT
    person_id, vin, rooftop_id, powertrain_warranty_ends_on AS due_on,
    date_diff('day', $as_of, powertrain_warranty_ends_on) AS days_left, odometer_today AS miles_today
FROM lifecycle
WHERE date_diff('day', $as_of, powertrain_warranty_ends_on) BETWEEN 0 AND $window_days
ORDER BY person_id, vin
