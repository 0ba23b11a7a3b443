-- What is known of the members who passed, with the right to send it: one row per platform, segment, person, kind and value.
-- Inputs: gate_passed (platform, segment, person_id), gate_platform, gate_grant, suppression, person_identifier, person, member,
-- contact_record. Parameter: $as_of. `denied` names what forbids the row; null may be sent. Rows of suppressed people come
-- along as 'suppressed', so that nothing they carry is sent for somebody else.
WITH known AS (
  SELECT person_id, CAST(kind AS VARCHAR) AS kind, value, is_first_party, permitted_channels, licence_expires_on, rank,
         CAST(tier AS VARCHAR) AS tier
  FROM person_identifier WHERE CAST(kind AS VARCHAR) <> 'web_client'
  UNION ALL
  -- a name may come from a bought list: it is as free as the records that carry it
  SELECT DISTINCT member.person_id, 'name', person.first_name || '|' || person.last_name, record.is_first_party,
         record.permitted_channels, record.licence_expires_on, 1, CAST(member.tier AS VARCHAR)
  FROM contact_record AS record JOIN member USING (record_id) JOIN person USING (person_id)
  WHERE record.first_name = person.first_name AND record.last_name = person.last_name
),
passed AS (
  SELECT passed.platform, passed.segment, passed.person_id, rule.first_party_only, rule.channels, rule.identity_tiers,
         coalesce(bool_or(gate_grant.basis = 'first_party_relationship'), FALSE) AS may_own,
         coalesce(bool_or(gate_grant.basis = 'licence'), FALSE) AS may_bought
  FROM gate_passed AS passed
  JOIN gate_platform AS rule USING (platform)
  LEFT JOIN gate_grant ON gate_grant.recipient = rule.recipient AND gate_grant.segment = passed.segment
    AND gate_grant.purpose = rule.purpose
  GROUP BY ALL
),
judged AS (
  SELECT passed.platform, passed.segment, known.person_id, known.kind, known.value, known.rank, known.is_first_party,
         CASE
           WHEN NOT list_contains(identity_tiers, known.tier) THEN 'identity_tier'
           WHEN known.is_first_party THEN CASE WHEN NOT may_own THEN 'no_grant' END
           WHEN first_party_only THEN 'bought_list'
           WHEN NOT may_bought THEN 'no_grant'
           WHEN licence_expires_on IS NULL OR licence_expires_on < $as_of THEN 'licence_expired'
           WHEN NOT list_has_any(coalesce(permitted_channels, []), channels) THEN 'licence_channel'
         END AS denied
  FROM known JOIN passed USING (person_id)
),
forbidden AS (
  SELECT DISTINCT rule.platform, person_id
  FROM suppression JOIN gate_platform AS rule ON CAST(suppression.purpose AS VARCHAR) IN (rule.purpose, 'all')
)
SELECT * FROM judged
UNION ALL
SELECT forbidden.platform, NULL, known.person_id, known.kind, known.value, known.rank, known.is_first_party, 'suppressed'
FROM known JOIN forbidden USING (person_id)
WHERE known.kind IN ('email', 'phone', 'email_hash', 'phone_hash')
