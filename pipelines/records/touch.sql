-- The common schema of a touch. Inputs: event (a query ahead of this one), vehicle, rooftop_alias [alias, rooftop_id],
-- noon [happened_on, noon_micros], spelling_make [raw, make], spelling_model [raw_make, raw_model, make, model].
-- Parameters: from_micros, until_micros: the slice of time wanted. The VIN wins over what was typed. occurred_at leaves as a naive UTC moment.
SELECT
    event.feed || ':' || event.row_key AS touch_id,
    make_timestamp(coalesce(event.micros, noon.noon_micros)) AS occurred_at,
    event.feed,
    event.kind,
    event.record_id,
    coalesce(first_alias.rooftop_id, second_alias.rooftop_id) AS rooftop_id,
    event.session_id,
    event.vin,
    coalesce(vehicle.year, CASE WHEN event.year_said BETWEEN 1900 AND 2100 THEN event.year_said END) AS year,
    coalesce(vehicle.make, spelling_make.make) AS make,
    coalesce(vehicle.model, spelling_model.model) AS model,
    coalesce(vehicle.body_style, CASE
        WHEN event.body_said IN ('sedan', 'suv', 'truck', 'coupe', 'hatchback', 'wagon', 'van', 'convertible') THEN event.body_said
        WHEN event.body_said IN ('crossover', 'sport utility', 'sport_utility') THEN 'suv'
        WHEN event.body_said IN ('pickup', 'crew cab') THEN 'truck'
        WHEN event.body_said = 'minivan' THEN 'van'
    END) AS body_style,
    CASE WHEN event.condition_said LIKE 'n%' THEN 'new' WHEN event.condition_said[1] IN ('u', 'c', 'p') THEN 'used' END AS condition,
    event.price,
    CASE WHEN event.department_said IN ('sales', 'service', 'parts', 'trade') THEN event.department_said END AS department,
    event.source,
    event.detail,
    event.duration_seconds,
    event.is_ads_denied
FROM event
LEFT JOIN noon ON noon.happened_on = event.happened_on
LEFT JOIN vehicle ON vehicle.vin = event.vin
LEFT JOIN spelling_make ON spelling_make.raw = event.make_said
LEFT JOIN spelling_model ON spelling_model.raw_make = event.make_said AND spelling_model.raw_model = event.model_said
LEFT JOIN rooftop_alias first_alias ON first_alias.alias = event.rooftop_ref
LEFT JOIN rooftop_alias second_alias ON second_alias.alias = event.rooftop_ref_2
WHERE coalesce(event.micros, noon.noon_micros) >= $from_micros AND coalesce(event.micros, noon.noon_micros) < $until_micros
ORDER BY occurred_at, touch_id
