-- Vehicles whose service state is at risk or lapsed. Input: service.
SELECT
    person_id, vin, rooftop_id, CAST(NULL AS DATE) AS due_on, last_service_on, months_since_service,
    CAST(state AS VARCHAR) AS state, visits
FROM service
WHERE state IN ('at_risk', 'lapsed')
ORDER BY person_id, vin
