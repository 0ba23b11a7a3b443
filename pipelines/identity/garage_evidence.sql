-- Every sign that a person holds or held a vehicle, one row each. driver_id is the buyer of the deal, for co-buyers too: they
-- own the vehicle together, and it goes when the buyer replaces it.
-- Inputs: transaction, member, listed (current rows of ownership_lists), stated (current rows of crm_contacts), list_vehicle
-- (row_key, make, model in the vocabulary's spelling), vehicle, dummy_vin (values on too many records that decode to nothing).
-- Parameter: as_of. Nothing later counts; nor do cancelled and open deals, wholesale, internal transfers and orders that the
-- rooftop paid itself: none of them says that the person has the vehicle. A lapsed licence says nothing either.
WITH deal AS (
    SELECT *, coalesce(occurred_on, opened_on, CAST(updated_at AS DATE)) AS on_day
    FROM "transaction"
    WHERE kind IN ('sale', 'lease') AND status = 'closed' AND coalesce(sale_type, 'retail') NOT IN ('wholesale', 'internal')
),
party AS (
    SELECT *, record_id AS party_record_id FROM deal
    UNION ALL
    SELECT *, co_record_id FROM deal WHERE co_record_id IS NOT NULL
),
-- Every delivery of a list names the vehicle anew, one with the VIN, another without: of one person, year, make and model it is one.
on_list AS (
    SELECT
        m.person_id, l.row_key, CASE WHEN length(l.vin) = 17 THEN l.vin END AS whole_vin, CAST(l.updated_at AS DATE) AS on_day,
        l.purchased_on, l.condition, l.licence_id, l.expires_on, l.year, v.make AS listed_make, v.model AS listed_model
    FROM listed AS l
    JOIN member AS m ON m.record_id = 'ownership_lists:' || l.row_key || ':owner'
    LEFT JOIN list_vehicle AS v ON v.row_key = l.row_key
    WHERE l.expires_on >= $as_of
),
known AS (
    SELECT m.person_id, p.vin FROM party AS p JOIN member AS m ON m.record_id = p.party_record_id
    UNION
    SELECT m.person_id, t.vin FROM "transaction" AS t JOIN member AS m ON m.record_id = t.record_id
    WHERE t.kind = 'service' AND t.status <> 'cancelled'
),
-- A list that cuts the VIN or leaves it out means the vehicle of that year, make and model that the person is known to have.
same_vehicle AS (
    SELECT l.person_id, l.row_key, min(k.vin) AS vin
    FROM on_list AS l
    JOIN known AS k ON k.person_id = l.person_id
    JOIN vehicle AS v ON v.vin = k.vin AND v.year = l.year AND v.make = l.listed_make AND v.model = l.listed_model
    WHERE l.whole_vin IS NULL
    GROUP BY l.person_id, l.row_key
    HAVING count(DISTINCT k.vin) = 1
),
sign AS (
    SELECT
        m.person_id, p.vin, CASE WHEN p.kind = 'lease' THEN 'leased' ELSE 'bought' END AS relation, p.on_day, p.on_day AS since,
        p.rooftop_id, CAST(p.condition AS VARCHAR) AS condition,
        CASE WHEN p.kind = 'lease' THEN p.matures_on END AS matures_on, p.transaction_id AS sign_id,
        CAST(NULL AS VARCHAR) AS licence_id, CAST(NULL AS DATE) AS expires_on,
        CAST(NULL AS BIGINT) AS year, CAST(NULL AS VARCHAR) AS make, CAST(NULL AS VARCHAR) AS model, b.person_id AS driver_id
    FROM party AS p
    JOIN member AS m ON m.record_id = p.party_record_id
    LEFT JOIN member AS b ON b.record_id = p.record_id
    UNION ALL
    SELECT
        m.person_id, t.vin, 'serviced', coalesce(t.occurred_on, t.opened_on, CAST(t.updated_at AS DATE)) AS on_day, on_day,
        t.rooftop_id, NULL, NULL, t.transaction_id, NULL, NULL, NULL, NULL, NULL, NULL
    FROM "transaction" AS t JOIN member AS m ON m.record_id = t.record_id
    WHERE t.kind = 'service' AND t.status <> 'cancelled'
        AND NOT (
            coalesce(t.internal_pay, 0) > 0 AND coalesce(t.customer_pay, 0) <= 0 AND coalesce(t.warranty_pay, 0) <= 0
        )
    UNION ALL
    SELECT
        person_id,
        coalesce(
            whole_vin,
            same_vehicle.vin,
            CASE WHEN year IS NOT NULL AND listed_make IS NOT NULL AND listed_model IS NOT NULL
                THEN coalesce(min(whole_vin) OVER same, 'list:' || min(row_key) OVER same)
            END,
            'list:' || row_key
        ),
        'listed', on_day, coalesce(least(purchased_on, on_day), on_day), NULL, lower(condition), NULL, 'ownership_lists:' || row_key,
        licence_id, expires_on, year, listed_make, listed_model, NULL
    FROM on_list LEFT JOIN same_vehicle USING (person_id, row_key)
    WINDOW same AS (PARTITION BY person_id, year, listed_make, listed_model)
    UNION ALL
    SELECT
        m.person_id, s.vin, 'stated', coalesce(CAST(s.source_updated_at AS DATE), CAST(s.updated_at AS DATE)) AS on_day, on_day,
        NULL, NULL, NULL, 'crm_contacts:' || s.row_key, NULL, NULL, NULL, NULL, NULL, NULL
    FROM stated AS s JOIN member AS m ON m.record_id = 'crm_contacts:' || s.row_key || ':contact'
)
SELECT * FROM sign
WHERE vin IS NOT NULL AND vin <> '' AND on_day <= $as_of AND vin NOT IN (SELECT vin FROM dummy_vin)
ORDER BY person_id, vin, on_day, sign_id
