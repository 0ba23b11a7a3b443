-- Vehicles overdue for service. Input: service. Parameters: $from_days, $to_days since the service was due.
SELECT
    person_id, vin, rooftop_id, due_on, -days_to_due AS days_overdue, CAST(due_basis AS VARCHAR) AS due_basis, last_service_on,
    miles_today, next_appointment_on
FROM service
WHERE -days_to_due BETWEEN $from_days AND $to_days
ORDER BY person_id, vin
