-- VINs that somebody mistyped: one character wrong or two neighbours swapped, and otherwise a vehicle of the same household.
-- Inputs: evidence, trade (household_id, vin), vehicle. Only a VIN that cannot be right is read as another one, and only
-- where exactly one right VIN of the household is so near.
WITH seen AS (
    SELECT household_id, vin FROM evidence UNION SELECT household_id, vin FROM trade
),
judged AS (
    SELECT s.household_id, s.vin, coalesce(v.is_vin_valid, false) AS is_valid
    FROM seen AS s LEFT JOIN vehicle AS v ON v.vin = s.vin
    WHERE length(s.vin) = 17
)
SELECT wrong.household_id, wrong.vin AS typed, min(valid.vin) AS vin
FROM judged AS wrong
JOIN judged AS valid
    ON valid.household_id = wrong.household_id AND valid.is_valid AND NOT wrong.is_valid
    AND damerau_levenshtein(wrong.vin, valid.vin) = 1
GROUP BY wrong.household_id, wrong.vin
HAVING count(DISTINCT valid.vin) = 1
ORDER BY wrong.household_id, wrong.vin
