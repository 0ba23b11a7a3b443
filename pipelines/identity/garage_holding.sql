-- One row per person and vehicle with how the holding began, what may have ended it and what speaks against it.
-- Inputs: evidence (garage_evidence.sql, with household_id, given, family and is_business), trade (vin, on_day), closed (deals that closed, with
-- their parties), offered (vin, on_day: used vehicles that a rooftop offers).
-- Parameters: as_of; return_days (days after maturity from which a silent lease counts as returned); stock_lag_days (a
-- vehicle may still be on the site so long after it was sold).
-- A holding starts with the person's last deal for the vehicle, else with the first sign of it. Every end lies after that
-- start, so a lease bought out by its lessee goes on, and so does a vehicle bought back. What a stranger does with the vehicle
-- ends a holding only after its own last sign, so that an old list or a lent key never does; a company's drivers are no strangers.
WITH holding AS (
    SELECT
        person_id, household_id, vin,
        min(given) AS given,
        min(family) AS family,
        bool_or(is_business) AS is_business,
        min(since) AS since,
        max(on_day) AS last_evidence_on,
        max(on_day) FILTER (WHERE relation IN ('bought', 'leased')) AS dealt_on,
        arg_max(relation, (on_day, sign_id)) FILTER (WHERE relation IN ('bought', 'leased')) AS deal_relation,
        arg_max(coalesce(condition, ''), (on_day, sign_id)) FILTER (WHERE relation IN ('bought', 'leased')) AS deal_condition,
        arg_min(coalesce(condition, ''), (on_day, sign_id)) FILTER (WHERE relation IN ('bought', 'leased')) AS first_condition,
        arg_max(coalesce(matures_on, DATE '0001-01-01'), (on_day, sign_id)) FILTER (WHERE relation IN ('bought', 'leased')) AS matures,
        arg_max(driver_id, (on_day, sign_id)) FILTER (WHERE relation IN ('bought', 'leased')) AS driver_id,
        arg_max(rooftop_id, (relation IN ('bought', 'leased'), on_day, sign_id)) AS rooftop_id,
        arg_max(condition, (on_day, sign_id)) FILTER (WHERE relation = 'listed') AS listed_condition,
        bool_or(relation = 'serviced') AS is_serviced,
        bool_or(relation = 'listed') AS is_listed,
        bool_and(relation = 'listed') AS is_only_listed,
        arg_max(licence_id, (expires_on, licence_id)) AS licence_id,
        arg_max(year, (on_day, sign_id)) AS listed_year,
        arg_max(make, (on_day, sign_id)) AS listed_make,
        arg_max(model, (on_day, sign_id)) AS listed_model
    FROM evidence
    GROUP BY person_id, household_id, vin
),
started AS (
    SELECT
        * REPLACE (coalesce(driver_id, person_id) AS driver_id), coalesce(dealt_on, since) AS started_on,
        CASE WHEN deal_relation = 'leased' AND matures > DATE '0001-01-01' THEN matures END AS matures_on
    FROM holding
),
traded AS (
    SELECT s.person_id, s.vin, min(t.on_day) AS traded_on
    FROM started AS s JOIN trade AS t ON t.vin = s.vin AND (t.on_day > s.started_on OR (s.dealt_on IS NULL AND t.on_day = s.started_on))
    GROUP BY s.person_id, s.vin
),
sold AS (
    SELECT s.person_id, s.vin, min(o.on_day) AS sold_on
    FROM started AS s JOIN closed AS o ON o.vin = s.vin AND o.on_day > s.started_on
        AND o.buyer IS DISTINCT FROM s.person_id AND o.co_buyer IS DISTINCT FROM s.person_id
    GROUP BY s.person_id, s.vin
),
stranger AS (
    -- a co-buyer whom no household joins is no stranger either: the first sign of a stranger comes after the holder's last
    SELECT
        s.person_id, s.vin,
        min(greatest(o.since, s.last_evidence_on)) FILTER (WHERE o.relation = 'listed' AND o.since > s.started_on) AS registered_on,
        min(o.on_day) FILTER (WHERE o.relation = 'serviced' AND NOT s.is_business AND NOT o.is_business AND f.since > s.last_evidence_on)
            AS served_on
    FROM started AS s JOIN evidence AS o
        ON o.vin = s.vin AND o.household_id <> s.household_id AND o.on_day > s.last_evidence_on
    JOIN started AS f ON f.person_id = o.person_id AND f.vin = o.vin
    WHERE o.relation IN ('listed', 'serviced')
        -- nor is somebody of the same given name, who may have married, or of nearly the same family name
        AND o.given IS DISTINCT FROM s.given AND coalesce(damerau_levenshtein(o.family, s.family) > 1, true)
    GROUP BY s.person_id, s.vin
),
in_stock AS (
    SELECT s.person_id, s.vin, min(o.on_day) AS offered_on
    FROM started AS s JOIN offered AS o
        ON o.vin = s.vin AND o.on_day > s.started_on + CAST($stock_lag_days AS INTEGER) AND o.on_day > s.last_evidence_on
    GROUP BY s.person_id, s.vin
),
-- The household's last sign of the vehicle counts for each of its holders.
family_sign AS (
    SELECT household_id, vin, max(on_day) AS seen_on, max(on_day) FILTER (WHERE relation = 'serviced') AS serviced_on
    FROM evidence GROUP BY household_id, vin
),
-- Another vehicle that came after the last sign of this one: by a deal or a purchase that a list knows, or seen only. Who buys
-- together with somebody else replaces nothing of his own by it, nor does who brings a relative's vehicle to service.
came AS (
    SELECT person_id, household_id, vin, started_on, deal_relation IS NOT NULL OR is_listed AS is_purchase
    FROM started
    WHERE driver_id = person_id AND (
        deal_relation IS NOT NULL OR is_listed
        OR NOT EXISTS (
            FROM started AS kin
            WHERE kin.household_id = started.household_id AND kin.vin = started.vin AND kin.person_id <> started.person_id
                AND kin.deal_relation IS NOT NULL
        )
    )
),
own_next AS (
    SELECT s.person_id, s.vin, bool_or(n.is_purchase) AS is_purchase, min(n.started_on) FILTER (WHERE n.is_purchase) AS next_on,
        max(n.started_on) AS beside_on
    FROM started AS s JOIN family_sign AS f ON f.household_id = s.household_id AND f.vin = s.vin
    JOIN came AS n ON n.person_id = s.driver_id AND n.vin <> s.vin AND n.started_on > f.seen_on
    GROUP BY s.person_id, s.vin
),
family_next AS (
    SELECT DISTINCT s.person_id, s.vin
    FROM started AS s JOIN family_sign AS f ON f.household_id = s.household_id AND f.vin = s.vin
    JOIN came AS n ON n.household_id = s.household_id AND n.person_id <> s.driver_id AND n.vin <> s.vin AND n.started_on > f.seen_on
    WHERE n.is_purchase
),
earlier AS (
    SELECT s.person_id, s.vin, count(DISTINCT o.buyer) AS owners
    FROM started AS s JOIN closed AS o ON o.vin = s.vin AND o.on_day < s.since AND o.buyer IS DISTINCT FROM s.person_id
    GROUP BY s.person_id, s.vin
),
first_new AS (
    SELECT vin, min(CASE WHEN condition = 'new' AND is_retail THEN on_day END) AS sold_new_on, min(in_service_on) AS deal_in_service_on
    FROM closed GROUP BY vin
)
SELECT
    s.* EXCLUDE (matures, deal_condition, given, family, is_business),
    nullif(s.deal_condition, '') AS condition,
    family_sign.seen_on,
    family_sign.serviced_on,
    traded.traded_on,
    sold.sold_on,
    stranger.registered_on,
    stranger.served_on,
    in_stock.offered_on,
    CASE WHEN s.matures_on + CAST($return_days AS INTEGER) < $as_of AND family_sign.seen_on <= s.matures_on THEN s.matures_on END
        AS returned_on,
    CASE WHEN own_next.is_purchase THEN 'purchase' WHEN own_next.vin IS NOT NULL THEN 'sign'
        WHEN family_next.vin IS NOT NULL THEN 'household' END AS next_vehicle,
    own_next.next_on,
    own_next.beside_on,
    coalesce(earlier.owners, 0) AS earlier_owners,
    first_new.sold_new_on,
    first_new.deal_in_service_on
FROM started AS s
JOIN family_sign ON family_sign.household_id = s.household_id AND family_sign.vin = s.vin
LEFT JOIN traded ON traded.person_id = s.person_id AND traded.vin = s.vin
LEFT JOIN sold ON sold.person_id = s.person_id AND sold.vin = s.vin
LEFT JOIN stranger ON stranger.person_id = s.person_id AND stranger.vin = s.vin
LEFT JOIN in_stock ON in_stock.person_id = s.person_id AND in_stock.vin = s.vin
LEFT JOIN own_next ON own_next.person_id = s.person_id AND own_next.vin = s.vin
LEFT JOIN family_next ON family_next.person_id = s.person_id AND family_next.vin = s.vin
LEFT JOIN earlier ON earlier.person_id = s.person_id AND earlier.vin = s.vin
LEFT JOIN first_new ON first_new.vin = s.vin
ORDER BY s.person_id, s.vin
