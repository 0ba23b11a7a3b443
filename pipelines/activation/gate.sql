-- The personal verdict of the consent gate: per platform, cell and person the first cause that keeps the member in the house, or null.
-- Inputs: audience_conquest, audience_in_market, audience_loyalty, person, suppression, and from policy: gate_platform, gate_grant,
-- gate_audience, gate_plan(audience, brand, channels; brand null: all others), gate_arm. Parameters: $segments_on list, $excluded_states list, $allow_unknown_state bool.
-- What identifiers may go is judged after this; whether a whole cell may go is judged last.
WITH audience AS (
  FROM audience_conquest UNION ALL FROM audience_in_market UNION ALL FROM audience_loyalty
),
forbidden AS (
  SELECT purposes.purpose, person_id, min(reason) AS reason
  FROM suppression JOIN (SELECT DISTINCT purpose FROM gate_platform) AS purposes
    ON CAST(suppression.purpose AS VARCHAR) IN (purposes.purpose, 'all')
  GROUP BY ALL
),
judged AS (
  SELECT
    rule.platform,
    -- A platform's audience may be used in all channels that are planned for it. Who has only some of them, because another
    -- audience has the rest, stands in a list of its own, which names the channels that it is for.
    list_sort(list_distinct(list_intersect(coalesce(audience.channels, []), rule.channels))) AS held_here,
    list_sort(list_distinct(list_intersect(coalesce(of_brand.channels, of_all.channels, []), rule.channels))) AS planned_here,
    CASE WHEN held_here = planned_here OR len(held_here) = 0 THEN audience.cell
      ELSE audience.cell || '_' || upper(array_to_string(held_here, '_')) END AS cell,
    audience.person_id, CAST(audience.segment AS VARCHAR) AS segment,
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
  LEFT JOIN forbidden ON forbidden.person_id = audience.person_id AND forbidden.purpose = rule.purpose
  LEFT JOIN gate_audience AS planned USING (audience)
  LEFT JOIN gate_plan AS of_brand ON of_brand.audience = audience.audience AND of_brand.brand = audience.brand
  LEFT JOIN gate_plan AS of_all ON of_all.audience = audience.audience AND of_all.brand IS NULL
  LEFT JOIN gate_arm USING (arm)
  LEFT JOIN (
    SELECT recipient, purpose, segment, list(basis ORDER BY basis) AS bases FROM gate_grant GROUP BY ALL
  ) AS granted ON granted.recipient = rule.recipient AND granted.purpose = rule.purpose AND granted.segment = CAST(audience.segment AS VARCHAR)
)
-- a person whom two audiences put into one cell is sent once, and passes if either passes
SELECT platform, cell, person_id, coalesce(min(segment) FILTER (cause IS NULL), min(segment)) AS segment, min(state) AS state,
       CASE WHEN count(*) = count(cause) THEN min(cause) END AS cause
FROM judged GROUP BY platform, cell, person_id ORDER BY ALL
