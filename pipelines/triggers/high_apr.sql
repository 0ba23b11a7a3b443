-- Running loans with a high rate. Input: lifecycle. Parameter: $percent_from.
SELECT
    person_id, vin, rooftop_id, CAST(NULL AS DATE) AS due_on, apr_percent, CAST(loan_payoff AS DOUBLE) AS payoff_usd,
    loan_ends_on
FROM lifecycle
WHERE apr_percent >= $percent_from AND loan_payoff > 0
ORDER BY person_id, vin
