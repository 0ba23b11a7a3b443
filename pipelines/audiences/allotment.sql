-- What is decided so far about each row of `brand_choice`: brand and rooftop. Inputs: brand_choice, placed(person_id, rooftop_id, full_rooftop_id).
-- A row with a cause lost; winner_rooftop_id is where the winner's brand is seen to, or the rooftop that has no room.
SELECT b.audience, b.person_id, b.brand, b.owner, b.owner_brand,
    CASE WHEN b.cause IS NULL AND p.full_rooftop_id IS NOT NULL THEN 'rooftop_capacity' ELSE b.cause END AS cause,
    CASE WHEN b.cause IS NULL THEN coalesce(p.rooftop_id, p.full_rooftop_id)
        WHEN b.owner IS NOT NULL AND b.cause <> 'brand_household' THEN p.rooftop_id END AS rooftop_id
FROM brand_choice b LEFT JOIN placed p USING (person_id)
