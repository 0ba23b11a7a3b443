-- The terms that stand between a person and a vehicle on the day: the last deal that stands, its lease chain, its contract.
-- Inputs: member, transaction. Parameters: $as_of date; $rewrite_days.
-- Nothing dated after $as_of counts. Open, cancelled, wholesale and internal deals are nobody's contract. A deal is rewritten
-- where the same rooftop has one of a newer number for the same person and vehicle within $rewrite_days of it.
WITH deal AS (
    SELECT
        * REPLACE (
            -- A first payment a month before the deal is a slip of the keyboard, and so is a maturity counted from it.
            CASE WHEN first_payment_on >= deal_on - 31 THEN first_payment_on END AS first_payment_on,
            CASE
                WHEN first_payment_on < deal_on - 31 AND matures_on = CAST(first_payment_on + INTERVAL (term_months - 1) MONTH AS DATE) THEN NULL
                ELSE matures_on
            END AS matures_on
        ),
        try_cast(regexp_replace(number, '[^0-9]', '', 'g') AS BIGINT) AS deal_number,
        CASE WHEN odometer_miles > 0 OR condition = 'new' THEN coalesce(odometer_miles, 0) END AS start_miles
    FROM (
        SELECT *, coalesce(occurred_on, opened_on, CAST(updated_at AS DATE)) AS deal_on
        FROM "transaction"
        WHERE kind IN ('sale', 'lease') AND status = 'closed' AND vin IS NOT NULL
            AND coalesce(sale_type, 'retail') NOT IN ('wholesale', 'internal')
    )
    WHERE deal_on <= $as_of
),
of_person AS (
    SELECT member.person_id, deal.* FROM deal JOIN member ON member.record_id = deal.record_id
    UNION
    SELECT member.person_id, deal.* FROM deal JOIN member ON member.record_id = deal.co_record_id
),
standing AS (
    SELECT
        *,
        kind = 'lease' AS is_lease,
        kind = 'sale' AND coalesce(term_months > 0 AND amount_financed > 0, false) AS is_loan,
        CASE
            WHEN kind = 'sale' AND NOT coalesce(term_months > 0 AND amount_financed > 0, false) THEN NULL
            WHEN matures_on IS NOT NULL THEN matures_on
            WHEN kind = 'lease' THEN CAST(deal_on + INTERVAL (term_months) MONTH AS DATE)
            WHEN first_payment_on IS NOT NULL THEN CAST(first_payment_on + INTERVAL (term_months - 1) MONTH AS DATE)
            ELSE CAST(deal_on + INTERVAL (term_months) MONTH AS DATE)
        END AS ends_on
    FROM of_person
    WHERE NOT EXISTS (
        FROM of_person AS newer
        WHERE newer.person_id = of_person.person_id AND newer.vin = of_person.vin
            AND newer.rooftop_id IS NOT DISTINCT FROM of_person.rooftop_id AND newer.deal_number > of_person.deal_number
            AND abs(date_diff('day', of_person.deal_on, newer.deal_on)) <= $rewrite_days
    )
),
placed AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY person_id, vin ORDER BY deal_on DESC, deal_number DESC NULLS LAST, transaction_id DESC) AS place,
        max(CASE WHEN kind = 'sale' THEN deal_on END) OVER (PARTITION BY person_id, vin) AS last_sale_on
    FROM standing
),
chain AS (
    -- A lease that is followed by another one on the same vehicle was extended: it began with the first of them.
    SELECT
        person_id, vin, min(deal_on) AS lease_started_on, min(ends_on) AS first_ends_on, count(*) AS leases,
        arg_max(transaction_id, (deal_on, deal_number, transaction_id)) FILTER (allowed_miles > 0 AND start_miles IS NOT NULL) AS allowance_id
    FROM placed
    WHERE is_lease AND (last_sale_on IS NULL OR deal_on > last_sale_on)
    GROUP BY person_id, vin
),
contract AS (
    -- A service contract goes on when the lease is bought out; its miles count from the miles at its own sale.
    SELECT
        person_id, vin, deal_on AS contract_on, contract_expires_on, contract_miles + start_miles AS contract_at_miles
    FROM placed
    WHERE contract_expires_on IS NOT NULL OR contract_miles IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY person_id, vin ORDER BY place) = 1
),
certified AS (
    SELECT person_id, vin, bool_or(is_certified) AS is_certified FROM placed GROUP BY person_id, vin
)
SELECT
    last.person_id, last.vin, last.kind AS deal_kind, last.rooftop_id AS deal_rooftop_id, last.deal_on, last.condition, last.price,
    last.start_miles AS deal_odometer_miles, last.term_months, last.apr_percent, last.monthly_payment, last.residual,
    last.amount_financed, last.balloon, last.is_lease, last.is_loan, last.ends_on AS matures_on,
    coalesce(certified.is_certified, false) AS is_certified,
    -- A lease is paid in advance, the first time at signing; a loan a month after.
    coalesce(last.first_payment_on, CASE WHEN last.is_lease THEN last.deal_on ELSE CAST(last.deal_on + INTERVAL 1 MONTH AS DATE) END)
        AS pays_from,
    CASE WHEN last.is_lease THEN chain.lease_started_on END AS lease_started_on,
    last.is_lease AND coalesce(chain.leases > 1 AND last.ends_on > chain.first_ends_on, false) AS is_extended,
    allowance.deal_on AS allowance_from,
    allowance.start_miles AS allowance_from_miles,
    -- Extended without an allowance of its own, a lease goes on at the allowance that it had.
    CASE
        WHEN last.ends_on > allowance.ends_on THEN CAST(round(
            allowance.allowed_miles * date_diff('day', allowance.deal_on, last.ends_on)
            / CAST(date_diff('day', allowance.deal_on, allowance.ends_on) AS DOUBLE)
        ) AS BIGINT)
        ELSE allowance.allowed_miles
    END AS allowed_miles,
    contract.contract_on, contract.contract_expires_on, contract.contract_at_miles
FROM placed AS last
JOIN certified ON certified.person_id = last.person_id AND certified.vin = last.vin
LEFT JOIN chain ON chain.person_id = last.person_id AND chain.vin = last.vin
LEFT JOIN placed AS allowance
    ON allowance.person_id = last.person_id AND allowance.vin = last.vin AND allowance.transaction_id = chain.allowance_id
    AND last.is_lease
LEFT JOIN contract ON contract.person_id = last.person_id AND contract.vin = last.vin
WHERE last.place = 1
ORDER BY last.person_id, last.vin
