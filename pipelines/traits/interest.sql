-- What a person looks at, weighted by the points of scored touches, and what they hold.
-- Inputs: scored_touch, garage, inventory, vehicle; policy frames own_make(make, brand), rooftop_brand(rooftop_id, brand),
--         rooftop_alias(alias in lower case, rooftop_id).
-- Parameters: $as_of date.
-- Ties are broken by the latest day, then by name.
WITH looked AS (
    SELECT * FROM scored_touch WHERE points > 0
),
weighed AS (
    SELECT
        person_id, brand, make, model, body_style, condition, vin, rooftop_id,
        grouping(brand) = 0 AS is_brand, grouping(model) = 0 AS is_model, grouping(body_style) = 0 AS is_body_style,
        grouping(condition) = 0 AS is_condition, grouping(vin) = 0 AS is_vin, grouping(rooftop_id) = 0 AS is_rooftop,
        sum(points) AS points, max(local_day) AS last_on
    FROM looked
    GROUP BY GROUPING SETS (
        (person_id, brand), (person_id, make), (person_id, make, model), (person_id, body_style), (person_id, condition),
        (person_id, vin), (person_id, rooftop_id)
    )
),
named AS (
    SELECT
        person_id, points, last_on, make,
        CASE
            WHEN is_brand THEN 'brand' WHEN is_model THEN 'model' WHEN is_body_style THEN 'body_style'
            WHEN is_condition THEN 'condition' WHEN is_vin THEN 'vin' WHEN is_rooftop THEN 'rooftop' ELSE 'make'
        END AS dimension,
        CASE
            WHEN is_brand THEN brand WHEN is_model THEN model WHEN is_body_style THEN body_style
            WHEN is_condition THEN CAST(condition AS VARCHAR) WHEN is_vin THEN vin WHEN is_rooftop THEN rooftop_id ELSE make
        END AS name
    FROM weighed
),
best AS (
    SELECT person_id, dimension, name
    FROM named
    WHERE name IS NOT NULL AND dimension <> 'model'
    QUALIFY row_number() OVER (PARTITION BY person_id, dimension ORDER BY points DESC, last_on DESC, name) = 1
),
best_model AS (
    -- The model is one of the top make's, so that make and model never contradict each other.
    SELECT named.person_id, 'model' AS dimension, named.name
    FROM named
    JOIN best ON best.person_id = named.person_id AND best.dimension = 'make' AND best.name = named.make
    WHERE named.dimension = 'model' AND named.name IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY named.person_id ORDER BY named.points DESC, named.last_on DESC, named.name) = 1
),
top AS (
    SELECT
        person_id,
        max(name) FILTER (dimension = 'brand') AS top_brand,
        max(name) FILTER (dimension = 'make') AS top_make,
        max(name) FILTER (dimension = 'model') AS top_model,
        max(name) FILTER (dimension = 'body_style') AS top_body_style,
        max(name) FILTER (dimension = 'condition') AS top_condition,
        max(name) FILTER (dimension = 'vin') AS top_vin,
        max(name) FILTER (dimension = 'rooftop') AS top_rooftop_id
    FROM (SELECT * FROM best UNION ALL SELECT * FROM best_model)
    GROUP BY person_id
),
priced AS (
    SELECT person_id, price, sum(points) AS points FROM looked WHERE price > 0 GROUP BY person_id, price
),
cumulated AS (
    SELECT
        person_id, price,
        sum(points) OVER (PARTITION BY person_id ORDER BY price) AS points_up_to,
        sum(points) OVER (PARTITION BY person_id) AS points_in_all
    FROM priced
),
quartile AS (
    SELECT
        person_id,
        min(price) FILTER (points_up_to * 4 >= points_in_all) AS price_low,
        min(price) FILTER (points_up_to * 4 >= points_in_all * 3) AS price_high
    FROM cumulated
    GROUP BY person_id
),
owned AS (
    SELECT person_id, body_style
    FROM garage
    WHERE is_current AND (since IS NULL OR since <= $as_of)
    QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY since DESC NULLS LAST, vin) = 1
),
listed AS (
    SELECT rooftop_alias.rooftop_id, inventory.listed_on, inventory.vin, inventory.make, inventory.model, inventory.body_style
    FROM inventory
    JOIN rooftop_alias ON rooftop_alias.alias = lower(inventory.rooftop_id)
    WHERE inventory.listed_on <= $as_of AND NOT inventory.is_superseded
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
    shopper.person_id, top.* EXCLUDE (person_id), quartile.price_low, quartile.price_high, owned.body_style AS owned_body_style,
    top.top_body_style <> owned.body_style AS is_body_style_change,
    coalesce(model_stock.vehicles, style_stock.vehicles, 0) AS in_stock_matches
FROM (SELECT DISTINCT person_id FROM looked) AS shopper
LEFT JOIN top ON top.person_id = shopper.person_id
LEFT JOIN quartile ON quartile.person_id = shopper.person_id
LEFT JOIN owned ON owned.person_id = shopper.person_id
LEFT JOIN model_stock ON model_stock.make = lower(top.top_make) AND model_stock.model = lower(top.top_model)
LEFT JOIN style_stock ON style_stock.brand = top.top_brand AND style_stock.body_style = lower(top.top_body_style)
ORDER BY shopper.person_id
