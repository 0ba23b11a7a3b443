-- Deals in the common schema. Inputs: current (rows of dms_sales folded by key, business flag beside), buyer and co_buyer
-- [row_key, person]. Codes are those that DMS exports are seen to use; what a deal does not say is judged by its dates.
WITH said AS (
    SELECT *,
        lower(trim(coalesce(deal_status, ''))) AS status_said,
        lower(trim(coalesce(deal_type, ''))) AS type_said,
        lower(trim(coalesce(current.sale_type, ''))) AS sale_said,
        coalesce(contract_on, delivery_on, booked_on, finalized_on, accounting_on) AS sold_on,
        regexp_matches(type_said || ' ' || sale_said, 'lease') OR type_said = 'l' OR sale_said = 'l'
            OR (residual > 0 AND term_months > 0 AND NOT regexp_matches(type_said || ' ' || sale_said, 'balloon')) AS is_lease
    FROM current
),
judged AS (
    SELECT *,
        CASE
            WHEN regexp_matches(type_said || ' ' || sale_said, 'wholesale|dealer trade|auction') OR type_said IN ('w', 'd') OR sale_said = 'w'
                THEN 'wholesale'
            WHEN regexp_matches(type_said || ' ' || sale_said, 'fleet|rental|commercial') OR sale_said = 'f' THEN 'fleet'
            WHEN regexp_matches(type_said || ' ' || sale_said, 'house|internal|company|demo|loaner') OR sale_said IN ('h', 'i') THEN 'internal'
            WHEN is_trader THEN 'wholesale'
            WHEN is_fleet THEN 'fleet'
            WHEN is_lease THEN 'lease'
            ELSE 'retail'
        END AS sale_for
    FROM said
)
SELECT
    'dms_sales:' || row_key AS transaction_id,
    CASE WHEN coalesce(is_lease, false) THEN 'lease' ELSE 'sale' END AS kind,
    CASE
        WHEN regexp_matches(status_said, 'unw[io]|cancel|void|dead|back.?out|rescind|revers|lost') OR status_said = 'u' THEN 'cancelled'
        WHEN regexp_matches(status_said, 'open|pending|quote|work|desk|inactive|unbooked') THEN 'open'
        WHEN regexp_matches(status_said, 'book|final|clos|sold|deliver|fund|account|complete|paid') OR status_said IN ('f', 'b') THEN 'closed'
        WHEN sold_on IS NOT NULL THEN 'closed'
        ELSE 'open'
    END AS status,
    'dealer:' || lower(dealer_id) AS rooftop_ref,
    deal_number AS number,
    sold_on AS occurred_on,
    coalesce(entry_on, sold_on) AS opened_on,
    'dms_sales:' || coalesce(buyer.person, row_key) || ':buyer' AS record_id,
    CASE WHEN has_co_buyer THEN 'dms_sales:' || coalesce(co_buyer.person, row_key) || ':co_buyer' END AS co_record_id,
    vin,
    CASE WHEN lower(condition) LIKE 'n%' THEN 'new' WHEN condition IS NOT NULL AND lower(condition)[1] IN ('u', 'c', 'p') THEN 'used' END AS condition,
    sale_for AS sale_type,
    CASE
        WHEN regexp_matches(coalesce(lower(condition), '') || ' ' || type_said || ' ' || sale_said, 'certif|cpo') OR lower(condition) = 'c' THEN true
        WHEN condition IS NOT NULL THEN false
    END AS is_certified,
    coalesce(delivery_mileage, mileage) AS odometer_miles,
    sales_price AS price,
    CASE WHEN front_gross IS NOT NULL OR back_gross IS NOT NULL THEN coalesce(front_gross, 0) + coalesce(back_gross, 0) END AS gross,
    term_months, apr_percent, monthly_payment, amount_financed, residual,
    -- A balloon loan's last amount stands in its own column or in the one of the residual.
    CASE WHEN NOT coalesce(is_lease, false) THEN coalesce(nullif(balloon, 0), nullif(residual, 0)) END AS balloon,
    CASE WHEN term_months > 12 AND allowed_miles < 30000 THEN (allowed_miles * term_months) // 12 ELSE allowed_miles END AS allowed_miles,
    first_payment_on,
    CASE
        WHEN term_months IS NULL OR term_months = 0 THEN NULL
        -- A lease runs its whole term from the contract, though its first payment is often made at signing.
        WHEN is_lease AND sold_on IS NOT NULL THEN greatest(
            (sold_on + to_months(term_months::INTEGER))::DATE, (first_payment_on + to_months((term_months - 1)::INTEGER))::DATE
        )
        WHEN first_payment_on IS NOT NULL THEN (first_payment_on + to_months((term_months - 1)::INTEGER))::DATE
        ELSE (sold_on + to_months(term_months::INTEGER))::DATE
    END AS matures_on,
    in_service_on,
    service_contract.name AS contract_name,
    (sold_on + to_months(service_contract.months::INTEGER))::DATE AS contract_expires_on,
    service_contract.miles AS contract_miles,
    trade_1_vin AS trade_vin,
    trade_2_vin AS trade_vin_2,
    CASE WHEN trade_1_payoff IS NOT NULL OR trade_2_payoff IS NOT NULL THEN coalesce(trade_1_payoff, 0) + coalesce(trade_2_payoff, 0) END
        AS trade_payoff,
    updated_at
FROM (
    SELECT *,
        CASE
            WHEN contract_1_name IS NOT NULL THEN {'name': contract_1_name, 'months': contract_1_months, 'miles': contract_1_miles}
            WHEN contract_2_name IS NOT NULL THEN {'name': contract_2_name, 'months': contract_2_months, 'miles': contract_2_miles}
            WHEN contract_3_name IS NOT NULL THEN {'name': contract_3_name, 'months': contract_3_months, 'miles': contract_3_miles}
            WHEN contract_4_name IS NOT NULL THEN {'name': contract_4_name, 'months': contract_4_months, 'miles': contract_4_miles}
            WHEN contract_5_name IS NOT NULL THEN {'name': contract_5_name, 'months': contract_5_months, 'miles': contract_5_miles}
        END AS service_contract
    FROM judged
)
LEFT JOIN buyer USING (row_key)
LEFT JOIN co_buyer USING (row_key)
ORDER BY transaction_id
