-- Distance of each person to the nearest rooftop of each own brand; every person has a row per brand.
-- Inputs: person; frames own_brand(brand), zip_place(zip, home_market, is_zip_known),
--         zip_brand(zip, brand, nearest_rooftop_id, distance_miles, market, market_type).
SELECT
    person.person_id, own_brand.brand, zip_brand.nearest_rooftop_id, zip_brand.distance_miles, zip_brand.market,
    zip_brand.market_type, zip_place.home_market, coalesce(zip_place.is_zip_known, false) AS is_zip_known
FROM person
CROSS JOIN own_brand
LEFT JOIN zip_place ON zip_place.zip = person.zip
LEFT JOIN zip_brand ON zip_brand.zip = person.zip AND zip_brand.brand = own_brand.brand
ORDER BY person.person_id, own_brand.brand
