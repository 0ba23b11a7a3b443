-- The things that the window's touches concern, numbered: a vehicle at a price on a rooftop's site, or just a rooftop.
-- Inputs: touch_day; policy frames own_make(make, brand), rooftop_brand(rooftop_id, brand), brand_number(brand, brand_no),
--         position_of_make(make, position). Parameters: $price_band_usd; $starts_on, $as_of: the window.
-- Read anew, not carried by every touch of the window: wide columns, and few rows differ in them. A touch concerns the brand of its
-- make, else that of its rooftop.
WITH thing AS (
    SELECT rooftop_id, vin, make, model, body_style, condition, price
    FROM touch_day
    WHERE local_day BETWEEN $starts_on AND $as_of
    GROUP BY ALL
),
told AS (
    SELECT
        hash(rooftop_id, vin, make, model, body_style, condition, price) AS thing_hash, min(rooftop_id) AS rooftop_id,
        min(vin) AS vin, min(make) AS make, min(model) AS model, min(body_style) AS body_style,
        min(CAST(condition AS VARCHAR)) AS condition, min(price) AS price
    FROM thing
    GROUP BY ALL
)
SELECT
    told.*, brand_number.brand, brand_number.brand_no, position_of_make.position || ' ' || lower(told.body_style) AS vehicle_segment,
    CAST(row_number() OVER (ORDER BY thing_hash) AS INTEGER) AS thing_no,
    CASE WHEN told.vin IS NOT NULL THEN CAST(dense_rank() OVER (ORDER BY told.vin) AS INTEGER) END AS vin_no,
    CASE WHEN told.price > 0 THEN CAST(floor(told.price / $price_band_usd) AS INTEGER) * $price_band_usd END AS band_from
FROM told
LEFT JOIN own_make ON own_make.make = lower(told.make)
LEFT JOIN position_of_make ON position_of_make.make = lower(told.make)
LEFT JOIN rooftop_brand ON rooftop_brand.rooftop_id = told.rooftop_id
LEFT JOIN brand_number ON brand_number.brand = CASE WHEN told.make IS NULL THEN rooftop_brand.brand ELSE own_make.brand END
