-- Where each vehicle held stands with service: visits, next due by date or miles, state, open recommendations, appointment.
-- Inputs: held, visit (visit.sql), open_work (open_work.sql), person, member, transaction, vehicle; policy frame
--         service_interval(make in lower case or *, fuel or empty, from_year, to_year, months, miles).
-- Parameters: $as_of date; $at_risk_from, $lapsed_from, $lost_from months since the last visit; $days_ahead_most;
--             $typed_share, $typed_miles by which a visit's own reading may miss the vehicle's line and still count.
WITH last_visit AS (
    SELECT
        person_id, vin, occurred_on, rooftop_id, odometer_miles,
        count(*) OVER (PARTITION BY person_id, vin) AS visits
    FROM visit
    QUALIFY row_number() OVER (PARTITION BY person_id, vin ORDER BY occurred_on DESC, transaction_id DESC) = 1
),
booked AS (
    SELECT booking.vin, member.person_id, person.household_id, booking.occurred_on
    FROM "transaction" AS booking
    JOIN member ON member.record_id = booking.record_id
    JOIN person ON person.person_id = member.person_id
    WHERE booking.kind = 'appointment' AND booking.status = 'open'
        AND coalesce(booking.opened_on, CAST(booking.updated_at AS DATE)) <= $as_of
),
appointment AS (
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
),
appointments AS (
    -- An appointment that is past and that no visit followed, on its day or later, was missed.
    SELECT
        appointment.person_id, appointment.vin,
        min(appointment.occurred_on) FILTER (appointment.occurred_on >= $as_of) AS next_on,
        max(appointment.occurred_on) FILTER (
            appointment.occurred_on < $as_of AND coalesce(last_visit.occurred_on < appointment.occurred_on, true)
        ) AS missed_on
    FROM appointment
    LEFT JOIN last_visit ON last_visit.person_id = appointment.person_id AND last_visit.vin = appointment.vin
    GROUP BY appointment.person_id, appointment.vin
),
kind_of_vehicle AS (
    SELECT DISTINCT held.make, held.year, lower(coalesce(vehicle.fuel, '')) AS fuel
    FROM held LEFT JOIN vehicle ON vehicle.vin = held.vin
),
interval_of AS (
    -- The make's row of the vehicle's fuel, then the make's row for the model year, else its nearest, else the default row.
    SELECT kind_of_vehicle.*, service_interval.months, service_interval.miles
    FROM kind_of_vehicle
    JOIN service_interval
        ON (service_interval.make = lower(kind_of_vehicle.make) OR service_interval.make = '*')
        AND service_interval.fuel IN ('', kind_of_vehicle.fuel)
    QUALIFY row_number() OVER (
        PARTITION BY kind_of_vehicle.make, kind_of_vehicle.year, kind_of_vehicle.fuel
        ORDER BY service_interval.make = '*', service_interval.fuel = '',
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
        CASE WHEN last_visit.vin IS NULL THEN held.deal_odometer_miles ELSE last_visit.odometer_miles END AS typed,
        -- Where the vehicle's own line of readings stood on that day.
        held.odometer_miles
            + held.miles_per_day * date_diff('day', held.odometer_on, coalesce(last_visit.occurred_on, held.deal_on)) AS line,
        interval_of.months AS interval_months, interval_of.miles AS interval_miles
    FROM held
    LEFT JOIN last_visit ON last_visit.person_id = held.person_id AND last_visit.vin = held.vin
    LEFT JOIN vehicle ON vehicle.vin = held.vin
    LEFT JOIN interval_of
        ON interval_of.make IS NOT DISTINCT FROM held.make AND interval_of.year IS NOT DISTINCT FROM held.year
        AND interval_of.fuel = lower(coalesce(vehicle.fuel, ''))
    WHERE last_visit.vin IS NOT NULL OR held.relation IN ('bought', 'leased', 'serviced')
),
due AS (
    SELECT
        *,
        CAST(from_on + INTERVAL (interval_months) MONTH AS DATE) AS by_date,
        -- The visit's own reading counts, unless it misses the line: then it was mistyped, and the line says more.
        interval_miles + CASE
            WHEN line IS NULL OR abs(typed - line) <= greatest($typed_miles, $typed_share * line) THEN typed
            ELSE greatest(line, 0)
        END AS due_at_miles,
        date_diff('month', last_service_on, $as_of)
            - CASE WHEN last_service_on + INTERVAL (date_diff('month', last_service_on, $as_of)) MONTH > $as_of THEN 1 ELSE 0 END
            AS whole_months
    FROM base
),
reached AS (
    SELECT
        *,
        CASE
            WHEN from_on IS NOT NULL AND due_at_miles IS NOT NULL AND odometer_on IS NOT NULL AND miles_per_day > 0
                THEN greatest(from_on, odometer_on + CAST(greatest(
                    least(ceil((due_at_miles - odometer_miles) / miles_per_day), $days_ahead_most), -$days_ahead_most
                ) AS INTEGER))
        END AS by_miles
    FROM due
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
    FROM reached
),
judged AS (
    SELECT
        *,
        CASE
            WHEN months_since_service IS NULL THEN 'never'
            WHEN months_since_service >= $lost_from THEN 'lost'
            WHEN months_since_service >= $lapsed_from THEN 'lapsed'
            WHEN months_since_service >= $at_risk_from THEN 'at_risk'
            ELSE 'active'
        END AS state
    FROM aged
)
SELECT
    judged.person_id, judged.vin, judged.rooftop_id, judged.visits, judged.last_service_on, judged.months_since_service,
    judged.due_on,
    CASE WHEN judged.due_on IS NULL THEN NULL WHEN judged.by_miles < judged.by_date OR judged.by_date IS NULL THEN 'miles' ELSE 'date' END
        AS due_basis,
    judged.by_date AS due_by_date_on, judged.by_miles AS due_by_miles_on, judged.interval_months, judged.interval_miles,
    date_diff('day', $as_of, judged.due_on) AS days_to_due,
    coalesce(judged.due_on < $as_of, false) AS is_overdue,
    judged.odometer_today AS miles_today,
    judged.state,
    judged.state = 'lost' AS is_lost,
    open_work.vin IS NOT NULL AS has_open_recommendation,
    coalesce(open_work.operations, []) AS open_recommendations,
    open_work.recommended_on,
    appointments.next_on AS next_appointment_on,
    appointments.missed_on AS missed_appointment_on
FROM judged
LEFT JOIN open_work ON open_work.person_id = judged.person_id AND open_work.vin = judged.vin
LEFT JOIN appointments ON appointments.person_id = judged.person_id AND appointments.vin = judged.vin
ORDER BY judged.person_id, judged.vin
