-- Everybody on file, and the first thing that keeps them from being acted on. Inputs: contact_record, member, person,
-- person_identifier, suppression (all of the day); serves(purpose, kind): which kind of identifier serves which purpose.
-- Parameters: $fresh_from date: seen before it is stale; $born_after date: born after it is a minor; $own_only bool.
WITH on_file AS (
    SELECT DISTINCT person_id FROM contact_record JOIN member USING (record_id)
    WHERE feed IN ('dms_sales', 'dms_service', 'dms_appointments', 'crm_contacts')
),
usable AS (
    -- A bought list that repeats a customer's address says nothing about whether the customer still shows up.
    SELECT person_id, CAST(kind AS VARCHAR) AS kind,
        coalesce(CASE WHEN $own_only THEN own_last_seen_on ELSE last_seen_on END >= $fresh_from, FALSE) AS is_fresh
    FROM person_identifier
    WHERE CAST(kind AS VARCHAR) IN ('email', 'phone', 'address') AND standing <> 'undeliverable' AND tier <> 'loose'
        AND (is_first_party OR NOT $own_only)
),
forbidden AS (SELECT DISTINCT person_id, CAST(purpose AS VARCHAR) AS purpose FROM suppression),
permitted AS (
    SELECT DISTINCT u.person_id, s.purpose
    FROM usable u JOIN serves s USING (kind)
    WHERE u.is_fresh AND NOT EXISTS (
        SELECT 1 FROM forbidden f WHERE f.person_id = u.person_id AND f.purpose IN (s.purpose, 'all')
    )
),
reach AS (
    SELECT u.person_id, bool_or(u.is_fresh) AS has_fresh FROM usable u GROUP BY u.person_id
),
allowed AS (SELECT person_id, list(purpose ORDER BY purpose) AS purposes FROM permitted GROUP BY person_id),
judged AS (
    SELECT p.person_id, p.customer_since IS NOT NULL AS is_customer, coalesce(a.purposes, []) AS purposes,
        CASE
            WHEN p.is_business THEN 'business'
            WHEN p.is_staff THEN 'staff'
            WHEN NOT p.is_first_party THEN 'bought'
            WHEN p.birth_date > $born_after THEN 'minor'
            WHEN r.person_id IS NULL THEN 'no_identifier'
            WHEN NOT r.has_fresh THEN 'stale'
            WHEN a.person_id IS NULL THEN 'no_consent'
        END AS cause
    FROM person p JOIN on_file USING (person_id) LEFT JOIN reach r USING (person_id) LEFT JOIN allowed a USING (person_id)
)
SELECT person_id, cause IS NULL AS is_actionable, cause, is_customer, purposes FROM judged ORDER BY person_id
