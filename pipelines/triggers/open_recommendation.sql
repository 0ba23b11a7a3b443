-- Vehicles with recommended work that was not done. Input: service.
SELECT
    person_id, vin, rooftop_id, CAST(NULL AS DATE) AS due_on, last_service_on, months_since_service, next_appointment_on
FROM service
WHERE has_open_recommendation
ORDER BY person_id, vin
