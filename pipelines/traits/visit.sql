-- The visits of each vehicle held. The one place that says which orders count for what:
--   a visit       an order of somebody of the holder's household that was not cancelled and not dated after the day, whoever
--                 pays: customer, warranty, a contract, or nobody (a recall, a courtesy check). Sublet work counts by who pays.
--                 It starts the service interval anew and keeps the customer active.
--   no visit      an order with internal charges alone (the shop's own work), of a former owner, or of another vehicle.
--   work done     every order on the vehicle, internal ones and those of others included: done is done (open_work.sql).
--   odometer      every order and deal on the vehicle that was not cancelled (pipelines/identity/garage.py).
--   money         customer pay alone (rfm.sql).
-- Inputs: held, person, member, transaction. Parameter: $as_of date.
WITH brought AS (
    SELECT repair_order.*, person.person_id AS visitor_id, person.household_id AS visitor_household_id
    FROM "transaction" AS repair_order
    JOIN member ON member.record_id = repair_order.record_id
    JOIN person ON person.person_id = member.person_id
    WHERE repair_order.kind = 'service' AND repair_order.status <> 'cancelled' AND repair_order.occurred_on <= $as_of
        AND repair_order.vin IS NOT NULL
        AND NOT (
            coalesce(internal_pay, 0) > 0 AND coalesce(customer_pay, 0) <= 0 AND coalesce(warranty_pay, 0) <= 0
        )
)
SELECT
    held.person_id, held.vin, brought.transaction_id, brought.occurred_on, brought.rooftop_id, brought.odometer_miles,
    brought.recommended_ops, brought.recommended_texts
FROM held
JOIN brought ON brought.vin = held.vin
WHERE brought.visitor_household_id = held.household_id OR brought.visitor_id = held.person_id
