-- Where each vehicle held stands with service: visits, next due by date or miles, state, open recommendations, appointment.
-- Inputs: held, person, member, transaction; policy frame service_interval(make in lower case or *, from_year, to_year,
--         months, miles).
-- Parameters: $as_of date; $at_risk_from, $lapsed_from, $lost_from months since the last visit; $days_ahead_most.
-- A visit counts for a vehicle when somebody of the holder's household brought it, so a former owner's visits do not.
WITH repair_order AS (
    SELECT *
    FROM "transaction"
    WHERE kind = 'service' AND status <> 'cancelled' AND occurred_on <= $as_of AND vin IS NOT NULL
),
brought AS (
    SELECT repair_order.*, person.person_id AS visitor_id, person.household_id AS visitor_household_id
    FROM repair_order
    JOIN member ON member.record_id = repair_order.record_id
    JOIN person ON person.person_id = member.person_id
    -- An order with internal charges alone is the shop's own work on the vehicle.
    WHERE NOT (
        coalesce(internal_pay, 0) > 0 AND coalesce(customer_pay, 0) = 0 AND coalesce(warranty_pay, 0) = 0
    )
),
visit AS (
    SELECT
        held.person_id, held.vin, brought.transaction_id, brought.occurred_on, brought.rooftop_id, brought.odometer_miles,
        brought.recommended_ops
    FROM held
    JOIN brought ON brought.vin = held.vin
    WHERE brought.visitor_household_id = held.household_id OR brought.visitor_id = held.person_id
),
last_visit AS (
    SELECT
        person_id, vin, occurred_on, rooftop_id, odometer_miles,
        count(*) OVER (PARTITION BY person_id, vin) AS visits
    FROM visit
    QUALIFY row_number() OVER (PARTITION BY person_id, vin ORDER BY occurred_on DESC, transaction_id DESC) = 1
),
recommended AS (
    SELECT DISTINCT visit.person_id, visit.vin, last_visit.occurred_on, upper(trim(unnest(visit.recommended_ops))) AS op
    FROM visit
    JOIN last_visit
        ON last_visit.person_id = visit.person_id AND last_visit.vin = visit.vin AND last_visit.occurred_on = visit.occurred_on
),
done AS (
    SELECT vin, upper(trim(unnest(op_codes))) AS op, max(occurred_on) AS done_on FROM repair_order GROUP BY vin, op
),
open_recommendation AS (
    SELECT DISTINCT recommended.person_id, recommended.vin
    FROM recommended
    LEFT JOIN done ON done.vin = recommended.vin AND done.op = recommended.op AND done.done_on >= recommended.occurred_on
    WHERE recommended.op <> '' AND done.op IS NULL
),
booked AS (
    SELECT booking.vin, member.person_id, person.household_id, booking.occurred_on
    FROM "transaction" AS booking
    JOIN member ON member.record_id = booking.record_id
    JOIN person ON person.person_id = member.person_id
    WHERE booking.kind = 'appointment' AND booking.status = 'open' AND booking.occurred_on >= $as_of
        AND coalesce(booking.opened_on, CAST(booking.updated_at AS DATE)) <= $as_of
),
next_appointment AS (
    SELECT person_id, vin, min(occurred_on) AS occurred_on
    FROM (
        SELECT held.person_id, held.vin, booked.occurred_on
        FROM held
        JOIN booked ON booked.vin = held.vin
        WHERE booked.household_id = held.household_id OR booked.person_id = held.person_id
        UNION ALL
        -- Booked without a VIN: it may be for any of the person's vehicles.
        SELECT held.person_id, held.vin, booked.occurred_on
        FROM held
        JOIN booked ON booked.person_id = held.person_id
        WHERE booked.vin IS NULL
    )
    GROUP BY person_id, vin
),
kind_of_vehicle AS (
    SELECT DISTINCT make, year FROM held
),
interval_of AS (
    -- The make's row for the model year, else the make's nearest, else the default row.
    SELECT kind_of_vehicle.make, kind_of_vehicle.year, service_interval.months, service_interval.miles
    FROM kind_of_vehicle
    JOIN service_interval ON service_interval.make = lower(kind_of_vehicle.make) OR service_interval.make = '*'
    QUALIFY row_number() OVER (
        PARTITION BY kind_of_vehicle.make, kind_of_vehicle.year
        ORDER BY service_interval.make = '*',
            greatest(service_interval.from_year - kind_of_vehicle.year, kind_of_vehicle.year - service_interval.to_year, 0),
            service_interval.from_year, service_interval.to_year, service_interval.months, service_interval.miles
    ) = 1
),
base AS (
    -- A vehicle sold here and never seen since is due from its sale.
    SELECT
        held.person_id, held.vin, held.odometer_today, held.odometer_miles, held.odometer_on, held.miles_per_day,
        coalesce(last_visit.rooftop_id, held.rooftop_id) AS rooftop_id,
        coalesce(last_visit.visits, 0) AS visits,
        last_visit.occurred_on AS last_service_on,
        coalesce(last_visit.occurred_on, held.deal_on) AS from_on,
        CASE WHEN last_visit.vin IS NULL THEN held.deal_odometer_miles ELSE last_visit.odometer_miles END + interval_of.miles
            AS due_at_miles,
        interval_of.months AS interval_months
    FROM held
    LEFT JOIN last_visit ON last_visit.person_id = held.person_id AND last_visit.vin = held.vin
    LEFT JOIN interval_of
        ON interval_of.make IS NOT DISTINCT FROM held.make AND interval_of.year IS NOT DISTINCT FROM held.year
    WHERE last_visit.vin IS NOT NULL OR held.relation IN ('bought', 'leased', 'serviced')
),
due AS (
    SELECT
        *,
        CAST(from_on + INTERVAL (interval_months) MONTH AS DATE) AS by_date,
        CASE
            WHEN from_on IS NOT NULL AND due_at_miles IS NOT NULL AND odometer_on IS NOT NULL AND miles_per_day > 0
                THEN greatest(from_on, odometer_on + CAST(greatest(
                    least(ceil((due_at_miles - odometer_miles) / miles_per_day), $days_ahead_most), -$days_ahead_most
                ) AS INTEGER))
        END AS by_miles,
        date_diff('month', last_service_on, $as_of)
            - CASE WHEN last_service_on + INTERVAL (date_diff('month', last_service_on, $as_of)) MONTH > $as_of THEN 1 ELSE 0 END
            AS whole_months
    FROM base
),
aged AS (
    -- Whole months on the calendar, and the share of the month that has begun: twelve months are twelve on the anniversary.
    SELECT
        *,
        least(by_date, by_miles) AS due_on,
        round(
            whole_months + date_diff('day', CAST(last_service_on + INTERVAL (whole_months) MONTH AS DATE), $as_of)
            / CAST(date_diff(
                'day', CAST(last_service_on + INTERVAL (whole_months) MONTH AS DATE),
                CAST(last_service_on + INTERVAL (whole_months + 1) MONTH AS DATE)
            ) AS DOUBLE), 2
        ) AS months_since_service
    FROM due
)
SELECT
    aged.person_id, aged.vin, aged.rooftop_id, aged.visits, aged.last_service_on, aged.months_since_service,
    aged.due_on,
    CASE WHEN aged.due_on IS NULL THEN NULL WHEN aged.by_miles < aged.by_date OR aged.by_date IS NULL THEN 'miles' ELSE 'date' END
        AS due_basis,
    date_diff('day', $as_of, aged.due_on) AS days_to_due,
    aged.odometer_today AS miles_today,
    CASE
        WHEN aged.months_since_service IS NULL THEN 'never'
        WHEN aged.months_since_service >= $lost_from THEN 'lost'
        WHEN aged.months_since_service >= $lapsed_from THEN 'lapsed'
        WHEN aged.months_since_service >= $at_risk_from THEN 'at_risk'
        ELSE 'active'
    END AS state,
    open_recommendation.vin IS NOT NULL AS has_open_recommendation,
    next_appointment.occurred_on AS next_appointment_on
FROM aged
LEFT JOIN open_recommendation ON open_recommendation.person_id = aged.person_id AND open_recommendation.vin = aged.vin
LEFT JOIN next_appointment ON next_appointment.person_id = aged.person_id AND next_appointment.vin = aged.vin
ORDER BY aged.person_id, aged.vin
