-- What each platform is asked to do today. Inputs: eligible (platform, cell, person_id, segment, basis, identifiers, days: stay at
-- the platform, is_open: the cell may be sent), verdict (platform, cell, person_id, cause), suppression, previous_delivered,
-- platform_rule (platform, purpose: whose opt-outs count, is_refreshed: a member is sent again in one stay).
-- held_still (platform, cell: the breaker keeps it as it was), forced (platform, person_id or null for all, identifier: may no
-- longer be held there). Parameters: $as_of date, $refresh_within int days before expiry, $at_once list of causes.
-- A removal is asked for whatever the cell's state: leaving, refusal, suppression and expiry never wait. Where the breaker holds a
-- cell still, only those go whom consent, a licence, policy ($at_once) or the platform's own clock takes away.
WITH strong AS (
  SELECT DISTINCT platform, cell, identifier
  FROM (SELECT platform, cell, unnest(identifiers) AS identifier FROM eligible)
  WHERE split_part(identifier, ':', 1) IN ('email', 'phone', 'address')
),
forbidden AS (
  SELECT DISTINCT rule.platform, person_id
  FROM suppression JOIN platform_rule AS rule ON CAST(suppression.purpose AS VARCHAR) IN (rule.purpose, 'all')
),
before AS (SELECT * FROM previous_delivered),
-- identifiers of a member that another member of the cell still stands for must stay at the platform
sent_earlier AS (SELECT platform, cell, person_id, unnest(identifiers) AS identifier FROM before),
still_held AS (
  SELECT platform, cell, person_id, list(identifier ORDER BY identifier) AS identifiers
  FROM sent_earlier SEMI JOIN strong USING (platform, cell, identifier)
  GROUP BY platform, cell, person_id
),
forced_out AS (
  SELECT DISTINCT sent_earlier.platform, cell, sent_earlier.person_id FROM sent_earlier JOIN forced
    ON forced.platform = sent_earlier.platform AND forced.identifier = sent_earlier.identifier
    AND coalesce(forced.person_id, sent_earlier.person_id) = sent_earlier.person_id
),
compared AS (
  SELECT
    coalesce(now.platform, before.platform) AS platform, coalesce(now.cell, before.cell) AS cell,
    coalesce(now.person_id, before.person_id) AS person_id,
    CASE WHEN held_still.cell IS NULL THEN coalesce(now.segment, CAST(before.segment AS VARCHAR)) ELSE CAST(before.segment AS VARCHAR) END
      AS segment,
    CASE WHEN held_still.cell IS NULL THEN coalesce(now.basis, before.basis) ELSE before.basis END AS basis,
    now.person_id IS NOT NULL AS is_eligible, before.person_id IS NOT NULL AS is_held, coalesce(now.is_open, FALSE) AS is_open,
    now.identifiers AS new_identifiers, before.identifiers AS old_identifiers, now.days,
    md5_number_lower(array_to_string(now.identifiers, chr(31))) AS new_hash, before.identifiers_hash AS old_hash,
    before.since, before.sent_on, before.expires_on, before.expires_on <= $as_of AS is_expired,
    list_filter(before.identifiers, lambda x: split_part(x, ':', 1) IN ('email', 'phone', 'address')
      AND NOT list_contains(coalesce(now.identifiers, []), x)) AS lost,
    coalesce(still_held.identifiers, []) AS kept_by_others,
    forbidden.person_id IS NOT NULL AS is_forbidden, coalesce(rule.is_refreshed, TRUE) AS is_refreshed, verdict.cause AS verdict,
    held_still.cell IS NOT NULL AS is_still, forced_out.person_id IS NOT NULL AS is_forced,
    forbidden.person_id IS NOT NULL OR coalesce(before.expires_on <= $as_of, FALSE) OR coalesce(list_contains($at_once, verdict.cause)
      OR starts_with(verdict.cause, 'suppressed_'), FALSE) AS goes_at_once
  FROM eligible AS now
  FULL JOIN before ON before.platform = now.platform AND before.cell = now.cell AND before.person_id = now.person_id
  LEFT JOIN still_held ON still_held.platform = before.platform AND still_held.cell = before.cell
    AND still_held.person_id = before.person_id
  LEFT JOIN forbidden ON forbidden.platform = coalesce(now.platform, before.platform)
    AND forbidden.person_id = coalesce(now.person_id, before.person_id)
  LEFT JOIN platform_rule AS rule ON rule.platform = coalesce(now.platform, before.platform)
  LEFT JOIN verdict ON verdict.platform = before.platform AND verdict.cell = before.cell AND verdict.person_id = before.person_id
  LEFT JOIN held_still ON held_still.platform = coalesce(now.platform, before.platform)
    AND held_still.cell = coalesce(now.cell, before.cell)
  LEFT JOIN forced_out ON forced_out.platform = before.platform AND forced_out.cell = before.cell
    AND forced_out.person_id = before.person_id
),
decided AS (
  SELECT *,
    CASE
      WHEN is_still AND NOT is_held THEN 'none'
      WHEN is_still AND (goes_at_once OR is_forced) THEN 'remove'
      WHEN is_still THEN 'keep'
      WHEN is_eligible AND is_open AND (NOT is_held OR is_expired) THEN 'add'
      WHEN is_eligible AND is_open AND is_refreshed AND (new_hash <> old_hash OR expires_on - $as_of <= $refresh_within) THEN 'refresh'
      WHEN is_eligible AND is_open THEN 'keep'
      WHEN is_eligible AND NOT is_held THEN 'none'
      WHEN is_eligible AND (is_expired OR len(lost) > 0) THEN 'remove'
      WHEN is_eligible THEN 'keep'
      ELSE 'remove'
    END AS action
  FROM compared
)
SELECT
  platform, cell, person_id, segment, basis, action, is_open, is_held, goes_at_once,
  CASE action WHEN 'add' THEN new_identifiers WHEN 'refresh' THEN new_identifiers ELSE old_identifiers END AS identifiers,
  CASE WHEN action <> 'remove' THEN list_filter(lost, lambda x: NOT list_contains(kept_by_others, x)) END AS lost_alone,
  -- a member that leaves a closed cell leaves whole
  CASE WHEN is_eligible AND action = 'remove' THEN [] ELSE kept_by_others END AS kept_by_others, is_forbidden,
  CASE
    WHEN action = 'add' THEN 'entered'
    WHEN action = 'refresh' AND new_hash <> old_hash THEN 'changed'
    WHEN action = 'refresh' THEN 'renewed'
    WHEN is_forbidden THEN 'suppressed'
    WHEN is_expired THEN 'expired'
    WHEN is_eligible THEN 'changed'
    WHEN verdict IS NOT NULL THEN 'refused'
    ELSE 'left'
  END AS cause,
  CASE WHEN action = 'add' THEN $as_of ELSE since END AS since,
  CASE WHEN action IN ('add', 'refresh') THEN $as_of ELSE sent_on END AS sent_on,
  CASE WHEN action IN ('add', 'refresh') THEN $as_of + CAST(days AS INTEGER) ELSE expires_on END AS expires_on,
  CASE WHEN action IN ('add', 'refresh') THEN new_hash ELSE old_hash END AS identifiers_hash
FROM decided WHERE action <> 'none'
ORDER BY platform, cell, person_id
