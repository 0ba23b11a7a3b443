-- Why a person may not be addressed. Inputs: consent_event, member, person_identifier, person, contact_record, shared_identifier
-- (all of the day). Whatever was asked of any record of a person holds for the whole person, as long as the records are one.
-- Parameters: $as_of date, $born_after date (younger than the policy's age), $gpc_everywhere bool, $gpc_states list.
-- Any identifier of the person reaches the person; nothing reaches the household. An address alone says not who asked, so it
-- counts only where nothing else was given, or where the request is about mail.
WITH ruled(kind, purpose) AS (
  VALUES ('opt_out_sharing', 'ads'), ('gpc', 'ads'), ('do_not_email', 'email'), ('email_undeliverable', 'email'),
         ('do_not_call', 'phone'), ('do_not_mail', 'mail'), ('deletion', 'all'), ('opt_in', 'none')
),
event AS (
  SELECT consent_event.* REPLACE (lower(trim(email)) AS email, CAST(consent_event.kind AS VARCHAR) AS kind), ruled.purpose,
         coalesce(email, phone, email_hash, phone_hash, record_id, user_pseudo_id) IS NULL OR ruled.kind = 'do_not_mail' AS is_by_address
  FROM consent_event JOIN ruled ON ruled.kind = CAST(consent_event.kind AS VARCHAR)
  WHERE received_on <= $as_of
),
asked AS (
  SELECT kind, purpose, received_on, source, 'email' AS key_kind, sha256(email) AS key FROM event WHERE email IS NOT NULL
  UNION ALL
  -- every spelling of one Google mailbox, because the platform sees one mailbox
  SELECT kind, purpose, received_on, source, 'mailbox',
         replace(regexp_replace(split_part(email, '@', 1), '\+.*$', ''), '.', '')
  FROM event WHERE regexp_matches(email, '@(gmail|googlemail)\.com$')
  UNION ALL
  SELECT kind, purpose, received_on, source, 'email', lower(email_hash) FROM event WHERE email_hash IS NOT NULL
  UNION ALL
  SELECT kind, purpose, received_on, source, 'phone', sha256(phone) FROM event WHERE phone IS NOT NULL
  UNION ALL
  SELECT kind, purpose, received_on, source, 'phone', lower(phone_hash) FROM event WHERE phone_hash IS NOT NULL
  UNION ALL
  SELECT kind, purpose, received_on, source, 'record', record_id FROM event WHERE record_id IS NOT NULL
  UNION ALL
  SELECT kind, purpose, received_on, source, 'record', 'web_events:' || user_pseudo_id FROM event WHERE user_pseudo_id IS NOT NULL
  UNION ALL
  SELECT kind, purpose, received_on, source, 'address', upper(address_key) FROM event WHERE is_by_address AND address_key IS NOT NULL
),
lifted AS (SELECT key_kind, key, max(received_on) AS opted_in_on FROM asked WHERE kind = 'opt_in' GROUP BY ALL),
in_force AS (
  SELECT asked.* FROM asked LEFT JOIN lifted USING (key_kind, key)
  WHERE kind <> 'opt_in'
    AND NOT (kind IN ('opt_out_sharing', 'gpc') AND opted_in_on IS NOT NULL AND opted_in_on > received_on)
),
carried AS (
  SELECT person_id, 'email' AS kind, unnest(emails) AS value FROM contact_record JOIN member USING (record_id)
  UNION ALL
  SELECT person_id, 'phone', unnest(phones) FROM contact_record JOIN member USING (record_id)
),
held AS (
  SELECT person_id, 'email' AS key_kind, sha256(lower(value)) AS key FROM person_identifier WHERE kind = 'email'
  UNION
  SELECT person_id, 'mailbox', replace(regexp_replace(split_part(lower(value), '@', 1), '\+.*$', ''), '.', '')
  FROM person_identifier WHERE kind = 'email' AND regexp_matches(lower(value), '@(gmail|googlemail)\.com$')
  UNION
  SELECT person_id, 'email', lower(value) FROM person_identifier WHERE kind = 'email_hash'
  UNION
  SELECT person_id, 'phone', sha256(value) FROM person_identifier WHERE kind = 'phone'
  UNION
  SELECT person_id, 'phone', lower(value) FROM person_identifier WHERE kind = 'phone_hash'
  UNION
  SELECT person_id, 'record', 'web_events:' || value FROM person_identifier WHERE kind = 'web_client'
  UNION
  SELECT person_id, 'address', upper(split_part(value, '|', 1) || '|' || split_part(value, '|', -1))
  FROM person_identifier WHERE kind = 'address'
  UNION
  SELECT person_id, 'record', record_id FROM member
  UNION
  -- An e-mail or phone of too many people is nobody's to be sent, but whoever of them asked must be heard: it holds for them all.
  SELECT person_id, shared.kind, sha256(shared.value)
  FROM carried JOIN shared_identifier AS shared ON CAST(shared.kind AS VARCHAR) = carried.kind AND shared.value = carried.value
  WHERE shared.reason = 'fan_out'
),
-- Who has an e-mail beside those that bounce can still be written to; what bounces is ranked last and not used.
reachable AS (
  SELECT DISTINCT person_id FROM held
  WHERE key_kind = 'email' AND key NOT IN (SELECT key FROM in_force WHERE kind = 'email_undeliverable' AND key_kind = 'email')
),
by_request AS (
  SELECT held.person_id, purpose,
         CASE WHEN starts_with(source, 'dms_') THEN 'source_opt_out' ELSE in_force.kind END AS reason,
         received_on AS since, source, in_force.kind AS asked_kind
  FROM in_force JOIN held USING (key_kind, key)
  WHERE in_force.kind <> 'email_undeliverable' OR person_id NOT IN (SELECT person_id FROM reachable)
),
applied AS (
  SELECT by_request.* EXCLUDE (asked_kind) FROM by_request LEFT JOIN person USING (person_id)
  WHERE $gpc_everywhere OR asked_kind <> 'gpc' OR state IS NULL OR list_contains($gpc_states, upper(state))
  UNION ALL
  SELECT person_id, 'all', 'minor', created_on, 'person' FROM person WHERE birth_date > $born_after
)
SELECT person_id, purpose, reason, min(since) AS since, min(source) AS source
FROM applied GROUP BY ALL ORDER BY ALL
