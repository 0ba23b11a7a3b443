-- Leases that end within the window. Input: lifecycle. Parameter: $window_days.
-- miles_pace: projected miles at maturity / allowance; above 1 there are excess miles to pay.
SELECT person_id, vin, rooftop_id, lease_ends_on AS due_on, lease_days_left AS days_left, lease_miles_pace AS miles_pace
FROM lifecycle
WHERE lease_days_left BETWEEN 0 AND $window_days
ORDER BY person_id, vin
