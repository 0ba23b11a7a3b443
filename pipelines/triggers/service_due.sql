-- Vehicles due for service within the notice. Input: service. Parameter: $notice_days.
SELECT
    person_id, vin, rooftop_id, due_on, days_to_due AS days_left, CAST(due_basis AS VARCHAR) AS due_basis, last_service_on,
    miles_today, next_appointment_on
FROM service
WHERE days_to_due BETWEEN 0 AND $notice_days
ORDER BY person_id, vin
