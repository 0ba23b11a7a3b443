-- One row per person and vehicle with how the holding began and what may have ended it.
-- Inputs: evidence (garage_evidence.sql), transaction, member.
-- Parameters: as_of, return_days (days after maturity from which a silent lease counts as returned).
-- A holding starts with the person's last deal for the vehicle, else with the first sign of it. A trade-in of the vehicle or
-- a deal of it with somebody else ends a holding that had started; so a lease bought out by its lessee goes on.
WITH holding AS (
    SELECT
        person_id, vin,
        min(since) AS since,
        max(on_day) AS last_evidence_on,
        max(on_day) FILTER (WHERE relation IN ('bought', 'leased')) AS dealt_on,
        arg_max(relation, (on_day, sign_id)) FILTER (WHERE relation IN ('bought', 'leased')) AS deal_relation,
        arg_max(coalesce(condition, ''), (on_day, sign_id)) FILTER (WHERE relation IN ('bought', 'leased')) AS deal_condition,
        arg_min(coalesce(condition, ''), (on_day, sign_id)) FILTER (WHERE relation IN ('bought', 'leased')) AS first_condition,
        arg_max(coalesce(matures_on, DATE '0001-01-01'), (on_day, sign_id)) FILTER (WHERE relation IN ('bought', 'leased')) AS matures,
        arg_max(rooftop_id, (relation IN ('bought', 'leased'), on_day, sign_id)) AS rooftop_id,
        arg_max(condition, (on_day, sign_id)) FILTER (WHERE relation = 'listed') AS listed_condition,
        max(on_day) FILTER (WHERE relation = 'serviced') AS serviced_on,
        bool_or(relation = 'serviced') AS is_serviced,
        bool_or(relation = 'listed') AS is_listed,
        bool_and(relation = 'listed') AS is_only_listed,
        arg_max(licence_id, (expires_on, licence_id)) AS licence_id,
        arg_max(year, (on_day, sign_id)) AS listed_year,
        arg_max(make, (on_day, sign_id)) AS listed_make,
        arg_max(model, (on_day, sign_id)) AS listed_model
    FROM evidence
    GROUP BY person_id, vin
),
started AS (
    SELECT
        *, coalesce(dealt_on, since) AS started_on,
        CASE WHEN deal_relation = 'leased' AND matures > DATE '0001-01-01' THEN matures END AS matures_on
    FROM holding
),
closed AS (
    SELECT *, coalesce(occurred_on, opened_on, CAST(updated_at AS DATE)) AS on_day
    FROM "transaction" WHERE kind IN ('sale', 'lease') AND status = 'closed'
),
trade AS (
    SELECT trade_vin AS vin, on_day FROM closed WHERE trade_vin IS NOT NULL AND on_day <= $as_of
    UNION
    SELECT trade_vin_2, on_day FROM closed WHERE trade_vin_2 IS NOT NULL AND on_day <= $as_of
),
sale AS (
    SELECT c.transaction_id, c.vin, c.on_day, b.person_id AS buyer, coalesce(o.person_id, b.person_id) AS co_buyer
    FROM closed AS c
    LEFT JOIN member AS b ON b.record_id = c.record_id
    LEFT JOIN member AS o ON o.record_id = c.co_record_id
    WHERE c.vin IS NOT NULL AND c.on_day <= $as_of
),
traded AS (
    SELECT s.person_id, s.vin, min(t.on_day) AS traded_on
    FROM started AS s JOIN trade AS t ON t.vin = s.vin AND (t.on_day > s.started_on OR (s.dealt_on IS NULL AND t.on_day = s.started_on))
    GROUP BY s.person_id, s.vin
),
sold AS (
    SELECT s.person_id, s.vin, min(o.on_day) AS sold_on
    FROM started AS s JOIN sale AS o ON o.vin = s.vin AND o.on_day > s.started_on
        AND o.buyer IS DISTINCT FROM s.person_id AND o.co_buyer IS DISTINCT FROM s.person_id
    GROUP BY s.person_id, s.vin
),
earlier AS (
    SELECT s.person_id, s.vin, count(DISTINCT o.buyer) AS owners
    FROM started AS s JOIN sale AS o ON o.vin = s.vin AND o.on_day < s.since AND o.buyer IS DISTINCT FROM s.person_id
    GROUP BY s.person_id, s.vin
),
first_new AS (
    SELECT vin, min(on_day) AS sold_new_on, min(in_service_on) AS deal_in_service_on
    FROM (SELECT vin, in_service_on, CASE WHEN condition = 'new' AND coalesce(sale_type, 'retail') NOT IN ('wholesale', 'internal')
        THEN on_day END AS on_day FROM closed WHERE vin IS NOT NULL AND on_day <= $as_of)
    GROUP BY vin
)
SELECT
    s.* EXCLUDE (matures, deal_condition),
    nullif(s.deal_condition, '') AS condition,
    traded.traded_on,
    sold.sold_on,
    CASE
        WHEN s.matures_on + CAST($return_days AS INTEGER) < $as_of
            AND (sold.sold_on IS NOT NULL OR s.serviced_on IS NULL OR s.serviced_on <= s.matures_on)
        THEN s.matures_on
    END AS returned_on,
    coalesce(earlier.owners, 0) AS earlier_owners,
    first_new.sold_new_on,
    first_new.deal_in_service_on
FROM started AS s
LEFT JOIN traded ON traded.person_id = s.person_id AND traded.vin = s.vin
LEFT JOIN sold ON sold.person_id = s.person_id AND sold.vin = s.vin
LEFT JOIN earlier ON earlier.person_id = s.person_id AND earlier.vin = s.vin
LEFT JOIN first_new ON first_new.vin = s.vin
ORDER BY s.person_id, s.vin
