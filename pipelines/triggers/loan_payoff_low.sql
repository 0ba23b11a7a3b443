-- Running loans of which little is left. Input: lifecycle. Parameters: $as_of date; $percent_to, $months_left_to.
-- Months left are whole calendar months: with one payment still to come in less than a month there are 0.
SELECT
    person_id, vin, rooftop_id, loan_ends_on AS due_on, CAST(loan_payoff AS DOUBLE) AS payoff_usd,
    round(100 * loan_payoff_share, 1) AS left_percent, datesub('month', CAST($as_of AS DATE), loan_ends_on) AS months_left
FROM lifecycle
WHERE loan_payoff > 0 AND loan_ends_on >= $as_of AND (
    100 * loan_payoff_share <= $percent_to OR datesub('month', CAST($as_of AS DATE), loan_ends_on) <= $months_left_to
)
ORDER BY person_id, vin
