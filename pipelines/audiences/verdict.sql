-- What became of everybody who met an audience's rules. Inputs: contender, allotment, channel_claim.
-- A member holds a channel, or is the person's first audience though no channel is left; whoever holds none lost by what took the
-- last of them: the later a rule is applied, the later it took something.
WITH kept AS (
    SELECT audience, person_id, bool_or(cause IS NULL) AS holds_any,
        max_by({'cause': cause, 'winner': winner}, (list_position($stages, cause), channel)) FILTER (cause IS NOT NULL) AS last
    FROM channel_claim GROUP BY audience, person_id
),
judged AS (
    SELECT c.audience, c.person_id, c.brand, c.cause AS exclusion, b.cause AS brand_cause, b.owner, k.last,
        c.cause IS NULL AND b.cause IS NULL AND (k.holds_any OR b.owner = c.audience) AS is_member
    FROM contender c
    LEFT JOIN allotment b ON b.audience = c.audience AND b.person_id = c.person_id AND b.brand = c.brand
    LEFT JOIN kept k ON k.audience = c.audience AND k.person_id = c.person_id
)
SELECT audience, person_id, brand,
    CASE WHEN exclusion IS NOT NULL THEN 'excluded' WHEN is_member THEN 'member' ELSE 'lost' END AS outcome,
    CASE WHEN exclusion IS NOT NULL THEN exclusion WHEN is_member THEN NULL ELSE coalesce(brand_cause, last.cause) END AS cause,
    CASE WHEN exclusion IS NOT NULL OR is_member THEN NULL WHEN brand_cause = 'rooftop_capacity' THEN NULL WHEN brand_cause IS NOT NULL THEN owner ELSE last.winner END AS winner
FROM judged
