-- Figures of hygiene by rooftop and for the group: rooftop_id, metric, detail, count, whole.
-- Inputs: contact_record, member, person_identifier, shared_identifier, transaction (all of the day), actionable.
-- Parameter: $fresh_from date: what was last seen before it is stale.
-- A person belongs to every rooftop that holds a record of them; a bought record to every rooftop of its person.
WITH record AS (
    SELECT record_id, person_id, CAST(feed AS VARCHAR) AS feed, rooftop_id, source_customer_id, is_first_party, last_seen_on,
        emails, phones, emails_raw, phones_raw, address_raw, is_address_valid,
        CASE WHEN address IS NOT NULL AND zip IS NOT NULL THEN address || '|' || zip END AS address_key
    FROM contact_record JOIN member USING (record_id)
    WHERE CAST(feed AS VARCHAR) <> 'web_events'
),
home AS (
    SELECT DISTINCT person_id, rooftop_id FROM record WHERE rooftop_id IS NOT NULL
    UNION
    SELECT DISTINCT person_id, 'group' FROM record
),
placed AS (
    SELECT record.* EXCLUDE (rooftop_id), rooftop_id FROM record WHERE rooftop_id IS NOT NULL
    UNION ALL
    SELECT record.* EXCLUDE (rooftop_id), home.rooftop_id
    FROM record JOIN home USING (person_id) WHERE record.rooftop_id IS NULL AND home.rooftop_id <> 'group'
    UNION ALL
    SELECT record.* EXCLUDE (rooftop_id), 'group' FROM record
),
-- By our own records where there are any: a bought list does not make a customer fresh.
seen AS (
    SELECT person_id, coalesce(max(last_seen_on) FILTER (is_first_party), max(last_seen_on)) AS last_seen_on FROM record GROUP BY person_id
),
whose AS (SELECT home.rooftop_id, seen.* FROM home JOIN seen USING (person_id)),
size AS (SELECT rooftop_id, count(*) AS people FROM whose GROUP BY rooftop_id),
identifier AS (
    SELECT home.rooftop_id, person_id, CAST(kind AS VARCHAR) AS kind, standing, 
        coalesce(coalesce(own_last_seen_on, last_seen_on) < $fresh_from, TRUE) AS is_stale
    FROM person_identifier JOIN home USING (person_id) WHERE CAST(kind AS VARCHAR) IN ('email', 'phone', 'address')
),
number AS (
    -- A number at each of two rooftops is no duplicate; two at one rooftop are.
    SELECT rooftop_id, person_id, count(DISTINCT source_customer_id) AS numbers
    FROM placed WHERE feed LIKE 'dms_%' AND source_customer_id IS NOT NULL AND rooftop_id <> 'group' GROUP BY ALL
),
numbered AS (
    SELECT rooftop_id, person_id, numbers FROM number
    UNION ALL SELECT 'group', person_id, max(numbers) FROM number GROUP BY person_id
),
carried AS (
    SELECT rooftop_id, 'email' AS kind, unnest(emails) AS value FROM placed
    UNION ALL SELECT rooftop_id, 'phone', unnest(phones) FROM placed
    UNION ALL SELECT rooftop_id, 'address', address_key FROM placed
    UNION ALL SELECT rooftop_id, 'customer', source_customer_id FROM placed
),
shared AS (
    SELECT DISTINCT c.rooftop_id, s.kind, s.value, CAST(s.reason AS VARCHAR) AS reason
    FROM carried c JOIN shared_identifier s ON CAST(s.kind AS VARCHAR) = c.kind AND s.value = c.value
    WHERE c.rooftop_id <> 'group'
    UNION ALL
    SELECT 'group', kind, value, CAST(reason AS VARCHAR) FROM shared_identifier
),
dealt AS (
    SELECT m.person_id, t.rooftop_id, CAST(t.kind AS VARCHAR) IN ('sale', 'lease') AS is_sale
    FROM transaction t JOIN member m USING (record_id)
    WHERE CAST(t.status AS VARCHAR) = 'closed' AND CAST(t.kind AS VARCHAR) <> 'appointment'
    UNION ALL
    SELECT m.person_id, t.rooftop_id, TRUE
    FROM transaction t JOIN member m ON m.record_id = t.co_record_id
    WHERE CAST(t.status AS VARCHAR) = 'closed' AND CAST(t.kind AS VARCHAR) IN ('sale', 'lease')
),
client AS (
    SELECT scope AS rooftop_id, person_id, bool_or(is_sale) AS has_bought
    FROM (SELECT person_id, is_sale, unnest([rooftop_id, 'group']) AS scope FROM dealt) GROUP BY ALL
),
filed AS (SELECT home.rooftop_id, actionable.* FROM home JOIN actionable USING (person_id)),
by_feed AS (SELECT rooftop_id, feed, count(*) AS n, count(DISTINCT person_id) AS people FROM placed GROUP BY ALL)
SELECT rooftop_id, 'records' AS metric, '' AS detail, count(*) AS count, NULL AS whole FROM placed GROUP BY rooftop_id
UNION ALL SELECT rooftop_id, 'records', feed, n, NULL FROM by_feed
UNION ALL SELECT rooftop_id, 'persons', '', people, NULL FROM size
UNION ALL SELECT rooftop_id, 'records_per_person', '', count(*), count(DISTINCT person_id) FROM placed GROUP BY rooftop_id
UNION ALL SELECT rooftop_id, 'records_per_person', feed, n, people FROM by_feed
UNION ALL SELECT rooftop_id, 'duplicates', feed, n - people, n FROM by_feed WHERE feed IN ('dms_sales', 'dms_service', 'dms_appointments', 'crm_contacts')
UNION ALL SELECT rooftop_id, 'several_customer_numbers', '', count(*) FILTER (numbers > 1), count(*) FROM numbered GROUP BY rooftop_id
UNION ALL SELECT rooftop_id, 'bought_records', '', count(*) FILTER (NOT is_first_party), count(*) FROM placed GROUP BY rooftop_id
UNION ALL
SELECT size.rooftop_id, 'matchable', kind.kind, count(DISTINCT i.person_id) FILTER (i.standing <> 'undeliverable'), max(people)
FROM size CROSS JOIN (VALUES ('email'), ('phone'), ('address')) AS kind(kind)
LEFT JOIN identifier i ON i.rooftop_id = size.rooftop_id AND i.kind = kind.kind GROUP BY ALL
UNION ALL
SELECT size.rooftop_id, 'matchable', '', count(DISTINCT i.person_id) FILTER (i.standing <> 'undeliverable'), max(people)
FROM size LEFT JOIN identifier i USING (rooftop_id) GROUP BY size.rooftop_id
UNION ALL
SELECT rooftop_id, 'stale_people', '', count(*) FILTER (coalesce(last_seen_on < $fresh_from, TRUE)), count(*) FROM whose GROUP BY rooftop_id
UNION ALL
SELECT rooftop_id, 'stale_identifiers', kind, count(*) FILTER (is_stale), count(*) FROM identifier GROUP BY ALL
UNION ALL SELECT rooftop_id, 'shared_identifiers', reason, count(*), NULL FROM shared GROUP BY ALL
UNION ALL SELECT rooftop_id, 'shared_identifiers', '', count(*), NULL FROM shared GROUP BY ALL
UNION ALL
SELECT rooftop_id, 'undeliverable_emails', '', count(*) FILTER (standing = 'undeliverable'), count(*)
FROM identifier WHERE kind = 'email' GROUP BY rooftop_id
UNION ALL
SELECT rooftop_id, 'invalid', 'phone', count(*) FILTER (len(phones) = 0), count(*) FROM placed WHERE len(phones_raw) > 0 GROUP BY rooftop_id
UNION ALL
SELECT rooftop_id, 'invalid', 'email', count(*) FILTER (len(emails) = 0), count(*) FROM placed WHERE len(emails_raw) > 0 GROUP BY rooftop_id
UNION ALL
SELECT rooftop_id, 'invalid', 'address', count(*) FILTER (NOT is_address_valid), count(*) FROM placed WHERE address_raw IS NOT NULL GROUP BY rooftop_id
UNION ALL
SELECT rooftop_id, 'service_only', '', count(*) FILTER (NOT has_bought), count(*) FROM client GROUP BY rooftop_id
UNION ALL SELECT rooftop_id, 'actionable', '', count(*) FILTER (is_actionable), count(*) FROM filed GROUP BY rooftop_id
UNION ALL
SELECT rooftop_id, 'actionable_customers', '', count(*) FILTER (is_actionable), count(*) FROM filed WHERE is_customer GROUP BY rooftop_id
UNION ALL
SELECT f.rooftop_id, 'not_actionable', CAST(cause AS VARCHAR), count(*), max(w.n)
FROM filed f JOIN (SELECT rooftop_id, count(*) AS n FROM filed GROUP BY rooftop_id) w USING (rooftop_id)
WHERE cause IS NOT NULL GROUP BY ALL
ORDER BY rooftop_id, metric, detail
