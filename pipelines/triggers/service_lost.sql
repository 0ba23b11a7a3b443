-- Vehicles whose service state is lost. Input: service. Parameter: $months_to since the last visit.
SELECT
    person_id, vin, rooftop_id, CAST(NULL AS DATE) AS due_on, last_service_on, months_since_service, visits
FROM service
WHERE state = 'lost' AND months_since_service <= $months_to
ORDER BY person_id, vin
