-- Members whom a platform rejected when they were sent last. Inputs: previous_dead_letter, told_last (the last row of receipt_member
-- per platform, cell and person, of side hold), limit_of (platform, rejected_days, again_days). Parameter: $as_of date.
-- Who was taken meanwhile is out; who has other identifiers begins anew; who waited long enough is tried again.
WITH told AS (
  SELECT *, md5_number_lower(array_to_string(identifiers, chr(31))) AS identifiers_hash FROM told_last
),
rejected AS (
  SELECT t.platform, t.cell, t.person_id, t.reason, t.identifiers_hash,
    CASE WHEN p.identifiers_hash = t.identifiers_hash THEN p.tries ELSE 0 END + 1 AS tries,
    CASE WHEN p.identifiers_hash = t.identifiers_hash THEN p.first_on ELSE t.day END AS first_on, t.day AS last_on
  FROM told AS t
  LEFT JOIN previous_dead_letter AS p ON p.platform = t.platform AND p.cell = t.cell AND p.person_id = t.person_id
  WHERE t.outcome = 'rejected'
),
waiting AS (
  SELECT p.platform, p.cell, p.person_id, p.reason, p.identifiers_hash, p.tries, p.first_on, p.last_on
  FROM previous_dead_letter AS p
  ANTI JOIN told AS t ON t.platform = p.platform AND t.cell = p.cell AND t.person_id = p.person_id AND t.outcome <> 'unknown'
  JOIN limit_of AS l ON l.platform = p.platform
  WHERE $as_of - p.last_on < l.again_days
)
SELECT found.*, coalesce(found.tries >= l.rejected_days, FALSE) AS is_set_aside
FROM (SELECT * FROM rejected UNION ALL BY NAME SELECT * FROM waiting) AS found
LEFT JOIN limit_of AS l ON l.platform = found.platform
ORDER BY ALL
