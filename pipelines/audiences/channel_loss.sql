-- Every channel that somebody met the rules for, was not excluded from, and did not get: by which rule, and who has it.
-- Inputs: allotment, channel_claim, audience_channel, placed.
SELECT c.audience, c.person_id, c.brand, c.channel, c.cause, c.winner,
    CASE WHEN c.winner IS NULL THEN NULL WHEN c.winner_person_id IS NULL THEN c.brand ELSE w.brand END AS winner_brand,
    CASE WHEN c.winner IS NOT NULL THEN p.rooftop_id END AS winner_rooftop_id, c.winner_person_id
FROM channel_claim c
LEFT JOIN placed p ON p.person_id = coalesce(c.winner_person_id, c.person_id)
LEFT JOIN channel_claim w ON w.audience = c.winner AND w.person_id = c.winner_person_id AND w.channel = c.channel
WHERE c.cause IS NOT NULL
UNION ALL
SELECT b.audience, b.person_id, b.brand, p.channel, b.cause, CASE WHEN b.cause <> 'rooftop_capacity' THEN b.owner END,
    CASE WHEN b.cause <> 'rooftop_capacity' THEN b.owner_brand END, b.rooftop_id, NULL
FROM allotment b JOIN audience_channel p ON p.audience = b.audience AND p.brand = b.brand
WHERE b.cause IS NOT NULL
