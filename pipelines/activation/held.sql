-- What the platforms hold after one more delivery. Inputs: standing (columns of table held), fact (rows of receipt_member, of at most one
-- delivery per platform). A member of whom nobody knows whether they are there has an ended stay: whoever may be there is sent
-- again, everybody else is asked to be removed.
WITH told AS (SELECT * FROM fact WHERE side = 'hold' AND outcome <> 'rejected'),
dropped AS (SELECT * FROM fact WHERE side = 'drop'),
met AS (
  SELECT
    coalesce(s.platform, t.platform) AS platform, coalesce(s.cell, t.cell) AS cell, coalesce(s.person_id, t.person_id) AS person_id,
    coalesce(t.outcome = 'confirmed', FALSE) AS is_sure, coalesce(t.outcome = 'unknown', FALSE) AS may_be,
    s.person_id IS NOT NULL AS was_there,
    coalesce(d.action = 'remove', FALSE) AS is_removal, d.outcome AS dropped, coalesce(d.identifiers, []) AS gone,
    coalesce(t.identifiers, []) AS sent, coalesce(t.withdrawn, []) AS withdrawn, coalesce(s.identifiers, []) AS earlier,
    s.segment AS s_segment, s.basis AS s_basis, s.since AS s_since, s.sent_on AS s_sent_on, s.expires_on AS s_expires_on,
    t.segment AS t_segment, t.basis AS t_basis, t.since AS t_since, t.sent_on AS t_sent_on, t.expires_on AS t_expires_on,
    coalesce(t.day, d.day) AS on_day
  FROM standing AS s
  FULL JOIN told AS t ON t.platform = s.platform AND t.cell = s.cell AND t.person_id = s.person_id
  LEFT JOIN dropped AS d ON d.platform = coalesce(s.platform, t.platform) AND d.cell = coalesce(s.cell, t.cell)
    AND d.person_id = coalesce(s.person_id, t.person_id)
),
listed AS (
  SELECT *,
    CASE
      WHEN is_sure AND dropped = 'confirmed' THEN sent
      WHEN is_sure THEN list_concat(sent, list_filter(withdrawn, lambda x: NOT list_contains(sent, x)))
      WHEN may_be THEN list_concat(sent, list_filter(earlier, lambda x: NOT list_contains(sent, x)))
      WHEN dropped = 'confirmed' THEN list_filter(earlier, lambda x: NOT list_contains(gone, x))
      ELSE earlier
    END AS identifiers
  FROM met
  WHERE NOT (is_removal AND coalesce(dropped = 'confirmed', FALSE))
)
SELECT
  platform, cell, person_id,
  CASE WHEN is_sure OR NOT was_there THEN t_segment ELSE s_segment END AS segment,
  identifiers, md5_number_lower(array_to_string(identifiers, chr(31))) AS identifiers_hash,
  CASE WHEN is_sure OR NOT was_there THEN t_basis ELSE s_basis END AS basis,
  CASE WHEN is_sure OR NOT was_there THEN coalesce(t_since, on_day) ELSE s_since END AS since,
  CASE WHEN is_sure OR NOT was_there THEN coalesce(t_sent_on, on_day) ELSE s_sent_on END AS sent_on,
  CASE
    WHEN may_be OR (is_removal AND dropped = 'unknown') THEN on_day
    WHEN is_sure THEN coalesce(t_expires_on, on_day)
    ELSE s_expires_on
  END AS expires_on
FROM listed
ORDER BY platform, cell, person_id
