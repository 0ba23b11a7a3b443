-- What the pull interface may tell: one row per client, recipient, purpose, member and audience that passed the gate.
-- Inputs: audience_conquest, audience_in_market, audience_loyalty, person, person_identifier, suppression, gate_arm, and from
-- policy answer_door (client, recipient, purpose, basis, segment, channels, identity_tiers). Parameters: $as_of date,
-- $excluded_states list, $allow_unknown_state bool.
-- An answer is sharing: whoever opted out of ads or of sharing, or is a minor, is told of for no purpose at all.
WITH audience AS (
  FROM audience_conquest UNION ALL BY NAME FROM audience_in_market UNION ALL BY NAME FROM audience_loyalty
),
forbidden AS (SELECT DISTINCT person_id, CAST(purpose AS VARCHAR) AS purpose FROM suppression),
-- channels that the running licences of a bought person permit
licensed AS (
  SELECT person_id, list_distinct(flatten(list(permitted_channels ORDER BY permitted_channels))) AS channels
  FROM person_identifier
  WHERE NOT is_first_party AND permitted_channels IS NOT NULL AND licence_expires_on >= $as_of
  GROUP BY person_id
),
opened AS (
  SELECT
    door.client, door.recipient, door.purpose, door.basis, door.identity_tiers,
    audience.audience, audience.person_id, CAST(audience.segment AS VARCHAR) AS segment, audience.cell, audience.brand,
    audience.rooftop_id, CAST(audience.tier AS VARCHAR) AS tier, audience.arm, audience.message,
    list_transform(audience.reasons, lambda x: x.sentence) AS reasons, audience.entered_on, audience.expires_on,
    list_filter(audience.channels, lambda x: list_contains(door.channels, x)
      AND (audience.is_first_party OR list_contains(coalesce(licensed.channels, []), x))) AS channels
  FROM audience
  JOIN answer_door AS door
    ON door.segment = CAST(audience.segment AS VARCHAR)
    AND door.basis = CASE WHEN audience.is_first_party THEN 'first_party_relationship' ELSE 'licence' END
    AND list_contains(door.identity_tiers, CAST(audience.identity_tier AS VARCHAR))
  JOIN person USING (person_id)
  JOIN gate_arm ON gate_arm.arm = audience.arm AND NOT gate_arm.is_held_out
  LEFT JOIN licensed USING (person_id)
  WHERE NOT EXISTS (
      FROM forbidden WHERE forbidden.person_id = audience.person_id AND forbidden.purpose IN ('all', 'ads', door.purpose)
    )
    AND NOT list_contains($excluded_states, coalesce(upper(person.state), ''))
    AND (coalesce(person.state, '') <> '' OR $allow_unknown_state)
    AND (audience.expires_on IS NULL OR audience.expires_on >= $as_of)
)
SELECT * EXCLUDE (identity_tiers) FROM opened WHERE len(channels) > 0
ORDER BY person_id, audience, cell, client, recipient, purpose
