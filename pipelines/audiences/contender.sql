-- Everybody who met an audience's rules, with what decides about brand, rooftop and channels.
-- Inputs: eligible(audience, person_id, brand, cause, score), audience_rank(audience, segment, segment_rank, priority, is_started),
--         candidate, zip_reach (the nearest rooftop that reaches the person for the segment comes before the nearest of all).
-- Keys: of two brands the one with the smaller key wins; what cannot be told comes last.
SELECT e.audience, e.person_id, e.brand, e.cause, e.score, a.segment, a.segment_rank, a.priority, a.is_started,
    coalesce(c.household_id, c.person_id) AS home_id, c.is_first_party, c.licence_id, c.identity_tier, c.has_email, c.has_address,
    c.zip, coalesce(z.market, c.market) AS market, coalesce(z.rooftop_id, c.rooftop_id) AS nearest_rooftop_id, c.service_rooftop_id,
    CAST(NOT c.owns_this_brand AS DOUBLE) AS key_garage,
    -(CASE WHEN c.top_brand = e.brand THEN 1000000.0 ELSE 0.0 END + c.brand_intent_score) AS key_interest,
    coalesce(z.distance_miles, c.distance_miles, 1000000.0) AS key_distance
FROM eligible e
JOIN audience_rank a USING (audience)
JOIN candidate c ON c.person_id = e.person_id AND c.brand = e.brand
LEFT JOIN zip_reach z ON CAST(z.segment AS VARCHAR) = a.segment AND z.zip = c.zip AND z.brand = c.brand
