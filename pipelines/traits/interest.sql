-- What a person looks at, weighted by points, and what they hold; values of dimensions are still numbers.
-- Inputs: touch_interest, touch_thing, interest_value, touch_value, touch_shopper, garage, inventory, vehicle; policy frames
--         rooftop_brand(rooftop_id, brand), rooftop_alias(alias in lower case, rooftop_id).
-- Parameters: $as_of date; $stale_before: lists of earlier days say nothing about stock.
-- Ties are broken by the latest day, then by name.
WITH value AS (
    SELECT value_no, dimension, value, min(label) AS label, min(make) AS make
    FROM touch_value
    WHERE dimension <> 'price_band'
    GROUP BY value_no, dimension, value
),
ranked AS (
    SELECT interest_value.person_no, value.dimension, value.make,
        (CAST(micros AS HUGEINT) * 1000 + 999 - age_days) * 4294967296 + 4294967295 - interest_value.value_no AS place
    FROM interest_value
    JOIN value USING (value_no)
),
best AS (
    SELECT person_no,
        max(place) FILTER (dimension = 'brand') AS brand, max(place) FILTER (dimension = 'make') AS make,
        max(place) FILTER (dimension = 'body_style') AS body_style, max(place) FILTER (dimension = 'condition') AS condition,
        max(place) FILTER (dimension = 'vin') AS vin, max(place) FILTER (dimension = 'rooftop') AS rooftop
    FROM ranked
    GROUP BY person_no
),
top AS (
    SELECT person_no,
        CAST(4294967295 - brand % 4294967296 AS INTEGER) AS brand_value, CAST(4294967295 - make % 4294967296 AS INTEGER) AS make_value,
        CAST(4294967295 - body_style % 4294967296 AS INTEGER) AS body_style_value,
        CAST(4294967295 - condition % 4294967296 AS INTEGER) AS condition_value,
        CAST(4294967295 - vin % 4294967296 AS INTEGER) AS vin_value, CAST(4294967295 - rooftop % 4294967296 AS INTEGER) AS rooftop_value
    FROM best
),
-- The model is one of the top make's, so that make and model never contradict each other.
best_model AS (
    SELECT ranked.person_no, CAST(4294967295 - max(ranked.place) % 4294967296 AS INTEGER) AS model_value
    FROM ranked
    JOIN top USING (person_no)
    JOIN value ON value.value_no = top.make_value AND value.value = ranked.make
    WHERE ranked.dimension = 'model'
    GROUP BY ranked.person_no
),
priced AS (
    SELECT touch_interest.person_no, touch_thing.price, sum(touch_interest.micros) AS points
    FROM touch_interest
    JOIN touch_thing USING (thing_no)
    WHERE touch_thing.price > 0
    GROUP BY touch_interest.person_no, touch_thing.price
),
cumulated AS (
    SELECT person_no, price, sum(points) OVER (PARTITION BY person_no ORDER BY price) AS points_up_to,
        sum(points) OVER (PARTITION BY person_no) AS points_in_all
    FROM priced
),
quartile AS (
    SELECT person_no, min(price) FILTER (points_up_to * 4 >= points_in_all) AS price_low,
        min(price) FILTER (points_up_to * 4 >= points_in_all * 3) AS price_high
    FROM cumulated
    GROUP BY person_no
),
owned AS (
    SELECT shopper.person_no, garage.body_style
    FROM garage
    JOIN (SELECT DISTINCT person_no, person_id FROM touch_shopper) AS shopper USING (person_id)
    WHERE garage.is_current AND (garage.since IS NULL OR garage.since <= $as_of)
    QUALIFY row_number() OVER (PARTITION BY garage.person_id ORDER BY garage.since DESC NULLS LAST, garage.vin) = 1
),
listed AS (
    SELECT rooftop_alias.rooftop_id, inventory.listed_on, inventory.vin, inventory.make, inventory.model, inventory.body_style
    FROM inventory
    JOIN rooftop_alias ON rooftop_alias.alias = lower(inventory.rooftop_id)
    WHERE inventory.listed_on BETWEEN $stale_before AND $as_of AND NOT inventory.is_superseded
),
newest AS (
    SELECT rooftop_id, max(listed_on) AS listed_on FROM listed GROUP BY rooftop_id
),
stock AS (
    SELECT DISTINCT
        listed.vin, rooftop_brand.brand, lower(coalesce(vehicle.make, listed.make)) AS make,
        lower(coalesce(vehicle.model, listed.model)) AS model,
        lower(coalesce(vehicle.body_style, listed.body_style)) AS body_style
    FROM listed
    JOIN newest ON newest.rooftop_id = listed.rooftop_id AND newest.listed_on = listed.listed_on
    JOIN rooftop_brand ON rooftop_brand.rooftop_id = listed.rooftop_id
    LEFT JOIN vehicle ON vehicle.vin = listed.vin
),
model_stock AS (
    SELECT make, model, count(DISTINCT vin) AS vehicles FROM stock GROUP BY make, model
),
style_stock AS (
    SELECT brand, body_style, count(DISTINCT vin) AS vehicles FROM stock GROUP BY brand, body_style
)
SELECT
    shown.person_no, top.* EXCLUDE (person_no), best_model.model_value, quartile.price_low, quartile.price_high,
    owned.body_style AS owned_body_style, coalesce(model_stock.vehicles, style_stock.vehicles, 0) AS in_stock_matches
FROM (SELECT DISTINCT person_no FROM touch_interest) AS shown
LEFT JOIN top USING (person_no)
LEFT JOIN best_model USING (person_no)
LEFT JOIN value AS brand ON brand.value_no = top.brand_value
LEFT JOIN value AS make ON make.value_no = top.make_value
LEFT JOIN value AS model ON model.value_no = best_model.model_value
LEFT JOIN value AS body_style ON body_style.value_no = top.body_style_value
LEFT JOIN quartile USING (person_no)
LEFT JOIN owned USING (person_no)
LEFT JOIN model_stock ON model_stock.make = lower(make.value) AND model_stock.model = lower(model.label)
LEFT JOIN style_stock ON style_stock.brand = brand.value AND style_stock.body_style = lower(body_style.value)
ORDER BY person_no
