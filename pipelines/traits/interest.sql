-- What goes with a person's tops: the vehicle they hold, and how many vehicles in stock match.
-- Inputs: touch_top(person_no, make, model, brand, body_style), touch_shopper, garage, inventory, vehicle; policy frames
--         rooftop_brand(rooftop_id, brand), rooftop_alias(alias in lower case, rooftop_id), position_of_make(make in lower case,
--         position).
-- Parameters: $as_of date; $stale_before: lists of earlier days say nothing about stock.
WITH owned AS (
    SELECT shopper.person_no, garage.body_style, position_of_make.position || ' ' || lower(garage.body_style) AS vehicle_segment
    FROM garage
    JOIN (SELECT DISTINCT person_no, person_id FROM touch_shopper) AS shopper USING (person_id)
    LEFT JOIN position_of_make ON position_of_make.make = lower(garage.make)
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
    touch_top.person_no, owned.body_style AS owned_body_style, owned.vehicle_segment AS owned_vehicle_segment,
    coalesce(model_stock.vehicles, style_stock.vehicles, 0) AS in_stock_matches
FROM touch_top
LEFT JOIN owned USING (person_no)
LEFT JOIN model_stock ON model_stock.make = lower(touch_top.make) AND model_stock.model = lower(touch_top.model)
LEFT JOIN style_stock ON style_stock.brand = touch_top.brand AND style_stock.body_style = lower(touch_top.body_style)
ORDER BY touch_top.person_no
