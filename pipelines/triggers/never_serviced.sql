-- Vehicles bought or leased here that were never brought for service. Inputs: service, garage.
-- Parameters: $as_of date; $from_days, $to_days since the deal.
SELECT
    service.person_id, service.vin, coalesce(service.rooftop_id, garage.rooftop_id) AS rooftop_id, CAST(NULL AS DATE) AS due_on,
    garage.since AS held_since, date_diff('day', garage.since, $as_of) AS days_held, service.next_appointment_on
FROM service
JOIN garage ON garage.person_id = service.person_id AND garage.vin = service.vin
WHERE service.state = 'never' AND garage.is_current AND garage.relation IN ('bought', 'leased')
    AND date_diff('day', garage.since, $as_of) BETWEEN $from_days AND $to_days
ORDER BY service.person_id, service.vin
