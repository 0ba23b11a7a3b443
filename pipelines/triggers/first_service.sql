-- First visits for service. Inputs: service, rfm. Parameters: $as_of date; $days_to.
-- A person whose first paid order on any vehicle is older is no first-time customer, nor is a household that came before with
-- this vehicle.
SELECT
    service.person_id, service.vin, service.rooftop_id, CAST(NULL AS DATE) AS due_on, service.last_service_on,
    date_diff('day', service.last_service_on, $as_of) AS days_ago, service.next_appointment_on
FROM service
LEFT JOIN rfm ON rfm.person_id = service.person_id
WHERE service.visits = 1 AND date_diff('day', service.last_service_on, $as_of) BETWEEN 0 AND $days_to
    AND coalesce(rfm.first_service_on >= service.last_service_on, true)
ORDER BY service.person_id, service.vin
