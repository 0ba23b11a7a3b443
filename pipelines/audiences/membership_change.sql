-- Entries and exits between the day before and the day, each with one cause.
-- Inputs: membership, previous_membership, eligibility, previous_eligibility, person, audience_rank(audience, ...).
-- Parameters: $policy_hash text.
WITH verdict AS (
    -- What became of the person in the audience today, over its brands: an exclusion says more than a loss.
    SELECT audience, person_id, min(cause) FILTER (outcome = 'excluded') AS exclusion, bool_or(outcome = 'lost') AS is_lost
    FROM eligibility GROUP BY audience, person_id
),
lost_before AS (SELECT DISTINCT audience, person_id FROM previous_eligibility WHERE outcome = 'lost'),
policy_before AS (SELECT max(policy_hash) AS policy_hash FROM previous_membership),
entered AS (
    SELECT m.audience, m.person_id, 'enter' AS change, m.cell,
        CASE WHEN p.policy_hash <> $policy_hash THEN 'policy' WHEN l.person_id IS NOT NULL THEN 'arbitration' ELSE 'data' END AS cause
    FROM membership m ANTI JOIN previous_membership b ON b.audience = m.audience AND b.person_id = m.person_id
    CROSS JOIN policy_before p
    LEFT JOIN lost_before l ON l.audience = m.audience AND l.person_id = m.person_id
),
gone AS (
    SELECT b.audience, b.person_id, 'leave' AS change, b.cell,
        CASE
            WHEN n.person_id IS NULL THEN 'identity'
            WHEN r.audience IS NULL THEN 'policy'
            WHEN v.is_lost AND v.exclusion IS NULL THEN 'arbitration'
            WHEN v.exclusion IS NOT NULL THEN v.exclusion
            WHEN b.policy_hash <> $policy_hash THEN 'policy'
            ELSE 'rule'
        END AS cause
    FROM previous_membership b ANTI JOIN membership m ON m.audience = b.audience AND m.person_id = b.person_id
    LEFT JOIN person n ON n.person_id = b.person_id
    LEFT JOIN audience_rank r ON r.audience = b.audience
    LEFT JOIN verdict v ON v.audience = b.audience AND v.person_id = b.person_id
)
SELECT * FROM entered UNION ALL SELECT * FROM gone
