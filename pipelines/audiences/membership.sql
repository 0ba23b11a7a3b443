-- The published row of each member.
-- Inputs: detailed(audience, person_id, brand, reasons, score), drawn(audience, person_id, arm), audience_card, brand_card,
--         rooftop_card, placed, candidate, channel_claim, previous_membership.
-- Parameters: $as_of date, $prefix text, $policy_hash text.
WITH held AS (
    SELECT audience, person_id, list(channel ORDER BY position) AS channels FROM channel_claim WHERE cause IS NULL GROUP BY ALL
),
placed AS (
    SELECT d.audience, d.person_id, d.brand, d.reasons, d.score, a.segment, a.code, a.cell_by, a.stay_days, a.hot_from, a.warm_from,
        b.brand_code, b.message,
        r.rooftop_id, coalesce(n.market, c.market) AS market, n.market_code,
        c.household_id, c.identity_tier, c.is_first_party, c.licence_id
    FROM detailed d
    JOIN audience_card a USING (audience)
    JOIN brand_card b ON b.audience = d.audience AND b.brand = d.brand
    JOIN candidate c ON c.person_id = d.person_id AND c.brand = d.brand
    LEFT JOIN placed r ON r.person_id = d.person_id
    LEFT JOIN rooftop_card n ON n.rooftop_id = r.rooftop_id
)
SELECT p.audience, p.person_id, p.household_id, p.segment,
    array_to_string(list_concat([$prefix, p.code], list_transform(p.cell_by, lambda part: CASE part
        WHEN 'brand' THEN p.brand_code WHEN 'market' THEN coalesce(p.market_code, 'NA') ELSE coalesce(p.rooftop_id, 'NA') END)), '_')
        AS cell,
    p.brand, p.market, p.rooftop_id, p.reasons, p.score,
    CASE WHEN p.hot_from IS NULL AND p.warm_from IS NULL OR p.score IS NULL THEN NULL
        WHEN p.score >= p.hot_from THEN 'hot' WHEN p.score >= p.warm_from THEN 'warm' ELSE 'cold' END AS tier,
    p.identity_tier, coalesce(h.arm, 'treatment') AS arm,
    coalesce(q.channels, []) AS channels,
    p.message, p.is_first_party, p.licence_id,
    coalesce(b.entered_on, $as_of) AS entered_on,
    -- Whoever meets the rules today is renewed today.
    $as_of + CAST(p.stay_days AS INTEGER) AS expires_on,
    $policy_hash AS policy_hash
FROM placed p
LEFT JOIN drawn h ON h.audience = p.audience AND h.person_id = p.person_id
LEFT JOIN held q ON q.audience = p.audience AND q.person_id = p.person_id
LEFT JOIN previous_membership b ON b.audience = p.audience AND b.person_id = p.person_id
