-- Every channel that somebody met the rules for, was not excluded from, and did not get: by which rule, and who has it.
-- Inputs: contender, brand_choice, channel_claim, audience_channel.
SELECT audience, person_id, brand, channel, cause, winner, CASE WHEN winner IS NOT NULL THEN brand END AS winner_brand
FROM channel_claim WHERE cause IS NOT NULL
UNION ALL
SELECT b.audience, b.person_id, b.brand, p.channel, b.cause, b.owner, b.owner_brand
FROM brand_choice b JOIN audience_channel p ON p.audience = b.audience AND p.brand = b.brand
WHERE b.cause IS NOT NULL
