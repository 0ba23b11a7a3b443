-- Every make and model of the day as typed, lower case and trimmed, with the rows that carried the pair.
-- Inputs: dms_sales, dms_service, dms_appointments, inventory, ownership_lists, crm_leads, shopping_signals, web_events.
WITH typed AS (
    SELECT make, model FROM dms_sales
    UNION ALL SELECT trade_1_make, trade_1_model FROM dms_sales
    UNION ALL SELECT trade_2_make, trade_2_model FROM dms_sales
    UNION ALL SELECT make, model FROM dms_service
    UNION ALL SELECT make, model FROM dms_appointments
    UNION ALL SELECT make, model FROM inventory
    UNION ALL SELECT make, model FROM ownership_lists
    UNION ALL SELECT make, model FROM crm_leads
    UNION ALL SELECT trade_make, trade_model FROM crm_leads
    UNION ALL SELECT make, model FROM shopping_signals
    UNION ALL SELECT item_make, item_model FROM web_events
)
SELECT lower(trim(make)) AS make, lower(trim(model)) AS model, count(*)::BIGINT AS rows
FROM typed
WHERE coalesce(trim(make), '') <> '' OR coalesce(trim(model), '') <> ''
GROUP BY ALL
ORDER BY ALL
