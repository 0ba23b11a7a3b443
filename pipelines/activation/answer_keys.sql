-- By what an answer may be asked for: one row per kind and key that leads to exactly one person of answer_person.
-- Inputs: answer_person (person_id), person_identifier, retired_person, suppression. Parameter: $as_of date.
-- What several people carry says nobody; what a suppressed person carries is asked for by nobody: to the asker the two are one.
WITH carried AS (
  SELECT person_id, 'web_client_id' AS kind, value AS key, CAST(tier AS VARCHAR) AS tier, is_first_party, licence_expires_on
  FROM person_identifier WHERE CAST(kind AS VARCHAR) = 'web_client'
  UNION ALL
  SELECT person_id, 'email_sha256', sha256(lower(trim(value))), CAST(tier AS VARCHAR), is_first_party, licence_expires_on
  FROM person_identifier WHERE CAST(kind AS VARCHAR) = 'email'
  UNION ALL
  SELECT person_id, 'email_sha256', lower(value), CAST(tier AS VARCHAR), is_first_party, licence_expires_on
  FROM person_identifier WHERE CAST(kind AS VARCHAR) = 'email_hash'
),
forbidden AS (SELECT DISTINCT person_id FROM suppression WHERE CAST(purpose AS VARCHAR) IN ('ads', 'all')),
free AS (
  SELECT kind, key, min(person_id) AS person_id,
         -- best tier of what carries it: exact before strict before loose
         CASE WHEN bool_or(tier = 'exact') THEN 'exact' WHEN bool_or(tier = 'strict') THEN 'strict' ELSE 'loose' END AS tier,
         bool_or(is_first_party) AS is_own,
         bool_or(is_first_party OR coalesce(licence_expires_on >= $as_of, FALSE)) AS is_licensed
  FROM carried GROUP BY kind, key
  HAVING count(DISTINCT person_id) = 1 AND NOT bool_or(person_id IN (SELECT person_id FROM forbidden))
)
SELECT kind, key, person_id, tier, is_own FROM free SEMI JOIN answer_person USING (person_id) WHERE is_licensed
UNION ALL
SELECT 'person_id', person_id, person_id, 'exact', TRUE FROM answer_person
UNION ALL
SELECT 'person_id', retired_person_id, person_id, 'exact', TRUE
FROM retired_person SEMI JOIN answer_person USING (person_id)
WHERE retired_person_id NOT IN (SELECT person_id FROM answer_person)
ORDER BY kind, key
