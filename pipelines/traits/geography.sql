-- Distance of each person to the nearest rooftop of each own brand; every person has a row per brand.
-- Inputs: person; frames own_brand(brand), zip_place(zip, home_market, is_zip_known),
--         zip_distance(zip, rooftop_id, brand, market, market_type, distance_miles). Ties go to the smaller rooftop id.
WITH nearest AS (
    SELECT * FROM zip_distance
    QUALIFY row_number() OVER (PARTITION BY zip, brand ORDER BY distance_miles, rooftop_id) = 1
)
SELECT
    person.person_id, own_brand.brand, nearest.rooftop_id AS nearest_rooftop_id, nearest.distance_miles, nearest.market,
    nearest.market_type, zip_place.home_market, coalesce(zip_place.is_zip_known, false) AS is_zip_known
FROM person
CROSS JOIN own_brand
LEFT JOIN zip_place ON zip_place.zip = person.zip
LEFT JOIN nearest ON nearest.zip = person.zip AND nearest.brand = own_brand.brand
ORDER BY person.person_id, own_brand.brand
