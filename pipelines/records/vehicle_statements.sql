-- The best statement of the day about each vehicle, and the earliest in-service date stated.
-- Inputs: dms_sales, dms_service, dms_appointments, inventory, ownership_lists, crm_leads, crm_contacts, shopping_signals, web_events.
-- preference: whose typed year, make, model and trim count first where the VIN does not say. A web item id that has not the
-- length of a VIN is a stock number.
WITH statement AS (
    SELECT vin, year, make, model, trim, in_service_on, 1 AS preference, version_at, row_key FROM dms_sales
    UNION ALL
    SELECT trade_1_vin, trade_1_year, trade_1_make, trade_1_model, NULL, NULL, 5, version_at, row_key FROM dms_sales
    UNION ALL
    SELECT trade_2_vin, trade_2_year, trade_2_make, trade_2_model, NULL, NULL, 5, version_at, row_key FROM dms_sales
    UNION ALL
    SELECT vin, year, make, model, trim, in_service_on, 3, version_at, row_key FROM dms_service
    UNION ALL
    SELECT vin, year, make, model, trim, in_service_on, 4, version_at, row_key FROM dms_appointments
    UNION ALL
    SELECT vin, year, make, model, trim, NULL, 2, version_at, row_key FROM inventory
    UNION ALL
    SELECT vin, year, make, model, NULL, NULL, 6, version_at, row_key FROM ownership_lists
    UNION ALL
    SELECT vin, year, make, model, trim, NULL, 7, version_at, row_key FROM crm_leads
    UNION ALL
    SELECT trade_vin, trade_year, trade_make, trade_model, NULL, NULL, 7, version_at, row_key FROM crm_leads
    UNION ALL
    SELECT vin, NULL, NULL, NULL, NULL, NULL, 9, version_at, row_key FROM crm_contacts
    UNION ALL
    SELECT vin, year, make, model, NULL, NULL, 8, version_at, row_key FROM shopping_signals
    UNION ALL
    SELECT DISTINCT item_vin, try_cast(item_year AS BIGINT), item_make, item_model, NULL, NULL::DATE, 8, NULL::TIMESTAMP, ''
    FROM web_events WHERE length(item_vin) = 17
),
ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY vin
        ORDER BY make IS NULL, model IS NULL, year IS NULL, preference, version_at DESC NULLS LAST, row_key, make, model, year, trim
    ) AS place
    FROM statement
    WHERE vin IS NOT NULL AND vin <> ''
)
SELECT
    vin,
    max(CASE WHEN place = 1 AND year BETWEEN $year_from AND $year_to THEN year END)::BIGINT AS typed_year,
    max(CASE WHEN place = 1 THEN lower(trim(make)) END) AS typed_make,
    max(CASE WHEN place = 1 THEN lower(trim(model)) END) AS typed_model,
    max(CASE WHEN place = 1 THEN trim("trim") END) AS typed_trim,
    min(in_service_on) AS stated_in_service_on
FROM ranked
GROUP BY vin
ORDER BY vin
