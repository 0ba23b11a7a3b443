-- One row per person and own brand: everything that audience rules may say.
-- Inputs: person, member, person_identifier, geography, rfm, intent, interest, garage, lifecycle, service, equity, trigger_event, propensity,
--         transaction, vehicle, consent_event; own_brand(brand, make) and conquest_make(brand, make) come from policy;
--         competitor_trigger(trigger): triggers about vehicles of makes that a brand can win from.
-- Parameters: $as_of date, $life_event_days integer.
WITH forgotten AS (
    -- Whoever asked to be deleted is nobody's audience from that day on, not even on a list that stays in the house.
    SELECT person_id
    FROM member
    WHERE record_id IN (
        SELECT coalesce(record_id, 'web_events:' || user_pseudo_id)
        FROM consent_event
        WHERE kind = 'deletion' AND received_on <= $as_of AND coalesce(record_id, user_pseudo_id) IS NOT NULL
    )
),
candidates AS (
    -- A device without a scored touch in the window has nothing to say to any rule.
    SELECT p.*, coalesce(p.household_id, p.person_id) AS home_id
    FROM person p
    WHERE (NOT p.is_web_only OR p.person_id IN (SELECT person_id FROM intent))
        AND p.person_id NOT IN (SELECT person_id FROM forgotten)
),
reach AS (
    SELECT person_id,
        bool_or(kind = 'email') AS has_email, bool_or(kind = 'phone') AS has_phone, bool_or(kind = 'address') AS has_address,
        -- the licence that runs longest, of those still in force; then by name
        min_by(licence_id, (-date_diff('day', DATE '2000-01-01', licence_expires_on), licence_id))
            FILTER (licence_id IS NOT NULL AND licence_expires_on >= $as_of) AS licence_id
    FROM person_identifier GROUP BY person_id
),
-- A nameless call, click or signal brings nothing but the identifier by which it was joined, so it weakens nobody who is
-- known by name.
weakest AS (
    SELECT person_id, CASE max(CASE m.tier WHEN 'loose' THEN 3 WHEN 'strict' THEN 2 ELSE 1 END)
            FILTER (m.tier <> 'loose' OR coalesce(p.first_name, p.last_name) IS NULL)
        WHEN 3 THEN 'loose' WHEN 2 THEN 'strict' WHEN 1 THEN 'exact' END AS identity_tier
    FROM member m JOIN person p USING (person_id) GROUP BY person_id
),
held AS (
    SELECT g.person_id, coalesce(p.household_id, p.person_id) AS home_id, g.vin, g.make, g.model, g.year, g.since, g.is_own_brand, g.relation,
        l.is_out_of_warranty,
        coalesce(l.vehicle_age_years, date_diff('day', make_date(g.year, 1, 1), $as_of) / 365.25) AS age_years
    FROM garage g JOIN person p USING (person_id) LEFT JOIN lifecycle l USING (person_id, vin)
    WHERE g.is_current
),
homes AS (SELECT home_id, bool_or(is_own_brand) AS owns_own_brand FROM held GROUP BY home_id),
home_brands AS (SELECT DISTINCT h.home_id, b.brand FROM held h JOIN own_brand b USING (make)),
oldest AS (SELECT person_id, max(age_years) AS age_years, bool_or(is_out_of_warranty) AS is_out_of_warranty FROM held GROUP BY person_id),
oldest_of_brand AS (SELECT h.person_id, b.brand, max(h.age_years) AS age_years FROM held h JOIN own_brand b USING (make) GROUP BY ALL),
competitor AS (
    SELECT h.person_id, c.brand, h.make, h.model, h.age_years
    FROM held h JOIN conquest_make c USING (make)
    QUALIFY row_number() OVER (PARTITION BY h.person_id, c.brand ORDER BY h.year DESC NULLS LAST, h.since DESC NULLS LAST, h.vin) = 1
),
clocks AS (
    SELECT h.person_id, b.brand, l.lease_days_left AS lease, date_diff('day', $as_of, l.loan_ends_on) AS loan,
        date_diff('day', $as_of, l.basic_warranty_ends_on) AS basic, date_diff('day', $as_of, l.powertrain_warranty_ends_on) AS powertrain,
        date_diff('day', $as_of, l.contract_ends_on) AS contract,
        s.days_to_due, s.next_appointment_on, s.state, e.equity_low, e.equity_mid, h.vin, h.relation IN ('bought', 'leased') AS is_deal,
        l.lease_miles_pace, l.lease_excess_miles, l.apr_percent, l.loan_payoff, s.has_open_recommendation
    FROM held h JOIN own_brand b USING (make)
    LEFT JOIN lifecycle l USING (person_id, vin) LEFT JOIN service s USING (person_id, vin) LEFT JOIN equity e USING (person_id, vin)
),
-- The nearest end is the next one to come; where all are past, the last one.
clock AS (
    SELECT person_id, brand,
        coalesce(min(lease) FILTER (lease >= 0), max(lease)) AS lease,
        coalesce(min(loan) FILTER (loan >= 0), max(loan)) AS loan,
        coalesce(min(basic) FILTER (basic >= 0), max(basic)) AS basic,
        coalesce(min(powertrain) FILTER (powertrain >= 0), max(powertrain)) AS powertrain,
        coalesce(min(contract) FILTER (contract >= 0), max(contract)) AS contract,
        min_by(days_to_due, (abs(days_to_due), days_to_due)) FILTER (days_to_due IS NOT NULL) AS days_to_due,
        min(CASE state WHEN 'active' THEN 1 WHEN 'at_risk' THEN 2 WHEN 'lapsed' THEN 3 WHEN 'lost' THEN 4 WHEN 'never' THEN 5 END)
            AS liveliness,
        min(next_appointment_on) AS next_appointment_on,
        -- What is owed on a vehicle that was not bought here is not known, and so is its equity.
        max(equity_mid) FILTER (is_deal) AS equity_mid,
        max_by(equity_low, (equity_mid, equity_low)) FILTER (is_deal AND equity_mid IS NOT NULL) AS equity_low,
        max(lease_miles_pace) AS lease_miles_pace, max(lease_excess_miles) AS lease_excess_miles, max(apr_percent) AS apr_percent,
        max(loan_payoff) AS loan_payoff, bool_or(has_open_recommendation) AS has_open_recommendation
    FROM clocks GROUP BY person_id, brand
),
parties AS (
    SELECT transaction_id, record_id FROM transaction
    UNION ALL SELECT transaction_id, co_record_id FROM transaction WHERE co_record_id IS NOT NULL
),
deals AS (
    SELECT DISTINCT m.person_id, t.transaction_id, t.kind, t.status, t.occurred_on, t.rooftop_id, b.brand,
        coalesce(t.sale_type, 'retail') IN ('retail', 'lease') AS is_retail
    FROM parties q JOIN member m USING (record_id) JOIN transaction t USING (transaction_id)
    LEFT JOIN vehicle v ON v.vin = t.vin LEFT JOIN own_brand b ON b.make = v.make
),
customers AS (
    SELECT person_id,
        bool_or(kind IN ('sale', 'lease') AND status = 'open') AS has_open_deal,
        bool_or(kind IN ('sale', 'lease', 'service') AND status = 'closed' AND is_retail) AS is_customer
    FROM deals GROUP BY person_id
),
customers_of_brand AS (
    SELECT person_id, brand,
        max_by(rooftop_id, (occurred_on, transaction_id)) FILTER (rooftop_id IS NOT NULL AND occurred_on IS NOT NULL) AS service_rooftop_id
    FROM deals
    WHERE brand IS NOT NULL AND kind IN ('sale', 'lease', 'service') AND status = 'closed' AND is_retail
    GROUP BY person_id, brand
),
moments AS (
    SELECT DISTINCT t.person_id, b.brand, t.trigger
    FROM trigger_event t LEFT JOIN vehicle v ON v.vin = t.vin CROSS JOIN own_brand b
    WHERE t.vin = '' OR v.make = b.make
    UNION
    -- A moment of a competitor's vehicle concerns the brands that can win from its make.
    SELECT t.person_id, c.brand, t.trigger
    FROM trigger_event t JOIN vehicle v ON v.vin = t.vin JOIN conquest_make c ON c.make = v.make
    WHERE t.trigger IN (SELECT "trigger" FROM competitor_trigger)
),
buys AS (
    SELECT person_id,
        max(probability) FILTER (horizon_days = 30) AS in_30d, max(probability) FILTER (horizon_days = 90) AS in_90d,
        min(decile) FILTER (horizon_days = 30) AS decile
    FROM propensity GROUP BY person_id
),
triggers AS (SELECT person_id, brand, list(trigger ORDER BY trigger) AS triggers FROM moments GROUP BY person_id, brand)
SELECT p.person_id, b.brand, p.household_id,
    g.nearest_rooftop_id AS rooftop_id, g.distance_miles, g.market, g.market_type, g.home_market, p.state, p.zip,
    date_sub('year', p.birth_date, $as_of) AS age_years, p.age_band, p.income_band,
    len(list_filter(p.life_events, lambda e: date_diff('day', try_cast(split_part(e, '@', 2) AS DATE), $as_of)
        BETWEEN 0 AND $life_event_days)) > 0 AS has_life_event,
    p.customer_since IS NOT NULL OR coalesce(c.is_customer, FALSE) AS is_customer,
    cb.person_id IS NOT NULL AS is_customer_of_brand,
    p.is_business, p.is_staff, p.is_first_party, p.is_web_only,
    coalesce(r.has_email, FALSE) AS has_email, coalesce(r.has_phone, FALSE) AS has_phone, coalesce(r.has_address, FALSE) AS has_address,
    coalesce(w.identity_tier, 'loose') AS identity_tier,
    coalesce(i.score, 0) AS intent_score, coalesce(i.tier, 'cold') AS intent_tier, coalesce(ib.score, 0) AS brand_intent_score,
    coalesce(ib.tier, 'cold') AS brand_intent_tier, i.top_driver,
    coalesce(i.touches_30d, 0) AS touches_30d, coalesce(i.active_days_30d, 0) AS active_days_30d,
    coalesce(i.vdp_views_30d, 0) AS vdp_views_30d, coalesce(i.payment_tool_30d, 0) AS payment_tool_30d,
    coalesce(i.forms_30d, 0) AS forms_30d, coalesce(i.calls_30d, 0) AS calls_30d, coalesce(i.third_party_30d, 0) AS third_party_30d,
    date_diff('day', i.last_touch_on, $as_of) AS days_since_touch,
    n.top_brand, n.top_make, n.top_model, n.top_condition, n.top_body_style, CAST(n.price_low AS DOUBLE) AS price_low,
    CAST(n.price_high AS DOUBLE) AS price_high, n.is_body_style_change, n.top_vehicle_segment, n.owned_vehicle_segment,
    n.is_vehicle_segment_change, coalesce(n.in_stock_matches, 0) AS in_stock_matches,
    coalesce(h.owns_own_brand, FALSE) AS owns_own_brand, hb.home_id IS NOT NULL AS owns_this_brand,
    x.make AS competitor_make, x.model AS competitor_model, x.age_years AS competitor_vehicle_age_years,
    coalesce(ob.age_years, o.age_years) AS oldest_vehicle_age_years, o.is_out_of_warranty,
    k.lease AS lease_days_left, $as_of + CAST(k.lease AS INTEGER) AS lease_ends_on, k.loan / 30.4375 AS loan_months_left,
    k.basic AS basic_warranty_days_left, k.powertrain AS powertrain_warranty_days_left, k.contract AS contract_days_left,
    k.days_to_due AS service_days_to_due, $as_of + CAST(k.days_to_due AS INTEGER) AS service_due_on,
    ['active', 'at_risk', 'lapsed', 'lost', 'never'][k.liveliness] AS service_state,
    k.next_appointment_on, k.equity_low, k.equity_mid,
    k.lease_miles_pace, k.lease_excess_miles, k.apr_percent, CAST(k.loan_payoff AS DOUBLE) AS loan_payoff,
    coalesce(k.has_open_recommendation, FALSE) AS has_open_recommendation,
    date_diff('day', f.last_sale_on, $as_of) / 30.4375 AS months_since_sale,
    date_diff('day', f.last_service_on, $as_of) / 30.4375 AS months_since_service,
    coalesce(c.has_open_deal, FALSE) AS has_open_deal, f.rfm_score, f.sales_score, f.service_score,
    y.in_30d AS buy_30d_probability, y.in_90d AS buy_90d_probability, y.decile AS buy_decile, cb.service_rooftop_id,
    coalesce(t.triggers, []) AS triggers,
    CASE WHEN NOT p.is_first_party THEN r.licence_id END AS licence_id
FROM candidates p
CROSS JOIN own_brand b
LEFT JOIN geography g ON g.person_id = p.person_id AND g.brand = b.brand
LEFT JOIN reach r ON r.person_id = p.person_id
LEFT JOIN weakest w ON w.person_id = p.person_id
LEFT JOIN intent i ON i.person_id = p.person_id AND i.brand = 'all'
LEFT JOIN intent ib ON ib.person_id = p.person_id AND ib.brand = b.brand
LEFT JOIN interest n ON n.person_id = p.person_id
LEFT JOIN homes h ON h.home_id = p.home_id
LEFT JOIN home_brands hb ON hb.home_id = p.home_id AND hb.brand = b.brand
LEFT JOIN competitor x ON x.person_id = p.person_id AND x.brand = b.brand
LEFT JOIN oldest o ON o.person_id = p.person_id
LEFT JOIN oldest_of_brand ob ON ob.person_id = p.person_id AND ob.brand = b.brand
LEFT JOIN clock k ON k.person_id = p.person_id AND k.brand = b.brand
LEFT JOIN customers c ON c.person_id = p.person_id
LEFT JOIN customers_of_brand cb ON cb.person_id = p.person_id AND cb.brand = b.brand
LEFT JOIN rfm f ON f.person_id = p.person_id
LEFT JOIN buys y ON y.person_id = p.person_id
LEFT JOIN triggers t ON t.person_id = p.person_id AND t.brand = b.brand
