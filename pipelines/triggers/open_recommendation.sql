-- Vehicles with recommended work that was not done. Input: service.
-- A customer who is lost by policy's service_states is not reminded of work of years ago.
SELECT
    person_id, vin, rooftop_id, CAST(NULL AS DATE) AS due_on, recommended_on, nullif(array_to_string(open_recommendations, ', '), '') AS work,
    last_service_on, months_since_service, next_appointment_on
FROM service
WHERE has_open_recommendation AND state <> 'lost'
ORDER BY person_id, vin
