-- The nearest rooftop of each brand that reaches a ZIP, per segment. The nearest of all may lie in a market whose radius is
-- shorter; then a rooftop further away that does reach it is the one.
-- Inputs: zip_distance(zip, rooftop_id, brand, market, market_type, distance_miles, home_market),
--         radius(segment, market_type, miles, whole_market). Ties go to the smaller rooftop id.
SELECT
    radius.segment, d.zip, d.brand, d.rooftop_id, d.distance_miles, d.market, d.market_type, radius.miles AS radius_miles,
    coalesce(d.distance_miles > radius.miles, true) AS is_by_market
FROM zip_distance AS d
JOIN radius ON radius.market_type = d.market_type
WHERE d.distance_miles <= radius.miles OR (radius.whole_market AND d.home_market = d.market)
QUALIFY row_number() OVER (PARTITION BY radius.segment, d.zip, d.brand ORDER BY d.distance_miles, d.rooftop_id) = 1
ORDER BY radius.segment, d.zip, d.brand
