-- Running leases that head for more miles than allowed. Input: lifecycle. Parameters: $percent_from, $days_left_to.
-- Pace: projected miles at maturity / allowance; a lease without an allowance or a reading has none.
SELECT
    person_id, vin, rooftop_id, lease_ends_on AS due_on, lease_days_left AS days_left,
    round(100 * lease_miles_pace, 1) AS pace_percent, odometer_today AS miles_today
FROM lifecycle
WHERE lease_days_left BETWEEN 0 AND $days_left_to AND 100 * lease_miles_pace >= $percent_from
ORDER BY person_id, vin
