-- The personal verdict of the consent gate: per platform, cell and person the first cause that keeps the member in the house, or null.
-- Inputs: audience_conquest, audience_in_market, audience_loyalty, person, suppression, and from policy: gate_platform, gate_grant,
-- gate_audience, gate_arm. Parameters: $segments_on list, $excluded_states list, $allow_unknown_state bool.
-- What identifiers may go is judged after this; whether a whole cell may go is judged last.
WITH audience AS (
  FROM audience_conquest UNION ALL FROM audience_in_market UNION ALL FROM audience_loyalty
),
forbidden AS (
  SELECT person_id, min(reason) AS reason FROM suppression WHERE CAST(purpose AS VARCHAR) IN ('ads', 'all') GROUP BY person_id
),
judged AS (
  SELECT
    rule.platform, audience.cell, audience.person_id, CAST(audience.segment AS VARCHAR) AS segment,
    coalesce(upper(person.state), '') AS state,
    CASE
      WHEN NOT list_contains($segments_on, CAST(audience.segment AS VARCHAR)) THEN 'segment_off'
      WHEN NOT list_contains(rule.segments, CAST(audience.segment AS VARCHAR)) THEN 'segment_not_served'
      WHEN granted.bases IS NULL THEN 'no_grant'
      WHEN forbidden.reason IS NOT NULL THEN 'suppressed_' || forbidden.reason
      WHEN person.person_id IS NULL THEN 'unknown_person'
      WHEN list_contains($excluded_states, upper(person.state)) THEN 'excluded_state'
      WHEN coalesce(person.state, '') = '' AND NOT $allow_unknown_state THEN 'unknown_state'
      WHEN NOT list_contains(rule.identity_tiers, CAST(audience.identity_tier AS VARCHAR)) THEN 'identity_tier'
      WHEN coalesce(gate_arm.is_held_out, TRUE) THEN 'held_out'
      WHEN NOT list_has_any(rule.channels, coalesce(planned.channels, [])) THEN 'channel_not_planned'
      WHEN NOT list_has_any(rule.channels, coalesce(audience.channels, [])) THEN 'channel_not_permitted'
    END AS cause
  FROM audience
  CROSS JOIN gate_platform AS rule
  LEFT JOIN person USING (person_id)
  LEFT JOIN forbidden USING (person_id)
  LEFT JOIN gate_audience AS planned USING (audience)
  LEFT JOIN gate_arm USING (arm)
  LEFT JOIN (
    SELECT recipient, segment, list(basis ORDER BY basis) AS bases FROM gate_grant WHERE purpose = 'ads' GROUP BY ALL
  ) AS granted ON granted.recipient = rule.recipient AND granted.segment = CAST(audience.segment AS VARCHAR)
)
-- a person whom two audiences put into one cell is sent once, and passes if either passes
SELECT platform, cell, person_id, min(segment) AS segment, min(state) AS state,
       CASE WHEN count(*) = count(cause) THEN min(cause) END AS cause
FROM judged GROUP BY platform, cell, person_id ORDER BY ALL
