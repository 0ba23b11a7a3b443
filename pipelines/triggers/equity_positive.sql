-- Vehicles with equity. Inputs: equity, garage. Parameter: $equity_low_from_usd.
-- Vehicles known from lists or from service alone are left out: what is owed on them elsewhere is not known.
SELECT
    equity.person_id, equity.vin, garage.rooftop_id, CAST(NULL AS DATE) AS due_on,
    CAST(equity.equity_low AS DOUBLE) AS equity_low_usd, CAST(equity.equity_high AS DOUBLE) AS equity_high_usd,
    CAST(equity.payoff AS DOUBLE) AS payoff_usd, CAST(equity.value_source AS VARCHAR) AS value_source
FROM equity
JOIN garage ON garage.person_id = equity.person_id AND garage.vin = equity.vin
WHERE equity.equity_low >= $equity_low_from_usd AND garage.relation IN ('bought', 'leased')
ORDER BY equity.person_id, equity.vin
