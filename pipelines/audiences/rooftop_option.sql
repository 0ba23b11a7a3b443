-- Rooftops that a person could be given besides the first choice: of the brand, within the radius of the segment, nearest first.
-- Inputs: chosen_rooftop, crowded(brand), zip_distance, radius(segment, market_type, miles, whole_market).
SELECT o.person_id, z.rooftop_id, row_number() OVER (PARTITION BY o.person_id ORDER BY z.distance_miles, z.rooftop_id) AS place
FROM chosen_rooftop o
JOIN crowded USING (brand)
JOIN zip_distance z ON z.zip = o.zip AND z.brand = o.brand AND z.rooftop_id <> o.rooftop_id
JOIN radius r ON r.segment = o.segment AND r.market_type = CAST(z.market_type AS VARCHAR)
WHERE z.distance_miles <= r.miles OR (r.whole_market AND z.home_market = z.market)
